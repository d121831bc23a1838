import { setImmediate } from "node:timers/promises";
import { credentialsFor, type Surroundings } from "../../provider/credentials";
import { SharedLists } from "../../provider/process/shared-lists";
import { as, DEFAULT_LIMITS, type TokenContext } from "../../provider/token/context";
import { type CallRequest, WorkspaceClient } from "../../provider/workspace";
import type { Identity, LocalWorkspace } from "../workspace";

/** Real milliseconds after which a call is given up; everything else runs on the workspace's clock. */
const PATIENCE_MS = 20_000;
/** The same while the workspace lets calls hang: a busy machine may take one that does not for one, and that is fine. */
const IMPATIENCE_MS = 15;

/** Who is killed, and when: at the n-th call from now, before it is sent or once it was answered. */
export interface Death {
  who: "plugin" | "cli" | "both";
  calls: number;
  moment: "before" | "after";
}

/** A machine that runs Pulumi: its clock may be wrong, and somebody is signed in, or nobody. */
export class Machine {
  /** Its clock less the workspace's, ms. */
  skewMs = 0;
  identity: Identity | undefined;
  death: Death | undefined;
  /** Whether the workspace lets calls hang. */
  hanging = false;
  /** What people were warned of, oldest first. */
  readonly warnings: string[] = [];

  constructor(readonly workspace: LocalWorkspace) {
    this.identity = workspace.admin;
  }

  now = (): number => this.workspace.now() + this.skewMs;

  surroundings(): Surroundings {
    const env = { DATABRICKS_HOST: this.workspace.host, DATABRICKS_TOKEN: this.identity?.token };
    return { config: () => undefined, env, home: "/nonexistent", readFile: () => undefined };
  }

  /** One provider process. */
  start(): Process {
    return new Process(this);
  }
}

/** A provider process on a machine: operations share its client and listings, and die with it. */
export class Process {
  readonly #client: WorkspaceClient;
  readonly #lists: SharedLists;
  #dead = false;
  #engine = true;
  #tell: (who: Death["who"]) => void = () => undefined;
  /** Settles when something was killed. */
  readonly killed: Promise<Death["who"]>;

  constructor(private readonly machine: Machine) {
    this.killed = new Promise((resolve) => {
      this.#tell = resolve;
    });
    this.#client = new WorkspaceClient(machine.workspace.host, {
      timeoutMs: machine.hanging ? IMPATIENCE_MS : PATIENCE_MS,
      now: machine.now,
      sleep: (ms) => this.#sleep(ms),
      env: {},
    });
    this.#lists = new SharedLists(machine.now, (ms) => this.#sleep(ms));
    const call = this.#client.call.bind(this.#client);
    this.#client.call = async <T>(request: CallRequest) => {
      await this.#mayDie("before");
      try {
        return await call<T>(request);
      } finally {
        await this.#mayDie("after");
      }
    };
  }

  context(): TokenContext {
    const { workspace } = this.machine;
    const { credentials, problem } = credentialsFor(workspace.host, {}, this.machine.surroundings());
    const context: TokenContext = {
      client: this.#client,
      credentials,
      ...(problem && { noCredentials: problem }),
      limits: DEFAULT_LIMITS,
      deadline: this.machine.now() + DEFAULT_LIMITS.operationMs,
      now: this.machine.now,
      elapsed: () => workspace.now(),
      sleep: (ms) => this.#sleep(ms),
      assertEngine: async () => {
        if (!this.#engine) throw new Error("the engine is gone");
      },
      list: (credential, options) => this.#lists.list(as(context, credential), credential, options),
      whoIs: (credential) => this.#lists.whoIs(as(context, credential), credential),
      warn: (message) => void this.machine.warnings.push(message),
    };
    return context;
  }

  end(): Promise<void> {
    return this.#client.close();
  }

  /** Nobody waits for a simulated clock: it is moved on. */
  async #sleep(ms: number): Promise<void> {
    if (this.#dead) await new Promise(() => undefined);
    this.machine.workspace.advance(ms);
    await setImmediate();
  }

  async #mayDie(moment: "before" | "after"): Promise<void> {
    const { death } = this.machine;
    if (!this.#dead && death?.moment === moment && --death.calls <= 0) {
      this.machine.death = undefined;
      // A plugin goes on for a while when the CLI alone is killed.
      if (death.who === "cli") this.#engine = false;
      else this.#dead = true;
      this.#tell(death.who);
    }
    // A dead process answers nothing and asks nothing.
    if (this.#dead) await new Promise(() => undefined);
  }
}
