import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { LocalWorkspace } from "../workspace";

/** The repository: programs below it find the package under its own name. */
export const ROOT = resolve(__dirname, "..", "..");

export interface Run {
  code: number;
  /** stdout and stderr, as they came. */
  text: string;
}

/** A resource of an exported state. */
export interface Exported {
  urn: string;
  type: string;
  id?: string;
  /** Replaced, and not yet deleted. */
  delete?: boolean;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
  initErrors?: string[];
}

export interface Deployment {
  resources: Exported[];
  /** What was under way when the CLI was killed. */
  pending: Array<{ type: string; resource: Exported }>;
}

/** Marks a secret in the state. */
const SECRET = "4dabf18193072939515e22adb298388d";

/** A Pulumi project with one stack on the real engine: file backend, passphrase, its own home folder. */
export class Stack {
  readonly env: Record<string, string>;
  readonly home: string;
  /** Everything that the CLI and the plugins have printed. */
  printed = "";
  /** What the CLI that runs now, or ran last, has printed so far. */
  said = "";
  private running: ChildProcess | undefined;

  private constructor(
    readonly folder: string,
    readonly name: string,
    readonly workspace: LocalWorkspace,
    private readonly owned: string[],
    env: Record<string, string>,
  ) {
    this.home = mkdtempSync(join(tmpdir(), "pdt-home-"));
    owned.push(this.home);
    this.env = {
      PATH: process.env.PATH ?? "",
      HOME: this.home,
      PULUMI_HOME: join(this.home, ".pulumi"),
      PULUMI_BACKEND_URL: `file://${this.backend}`,
      PULUMI_CONFIG_PASSPHRASE: randomBytes(8).toString("hex"),
      PULUMI_SKIP_UPDATE_CHECK: "true",
      NO_COLOR: "1",
      DATABRICKS_HOST: workspace.host,
      DATABRICKS_TOKEN: workspace.admin.token,
      ...env,
    };
    mkdirSync(this.backend);
  }

  get backend(): string {
    return join(this.home, "backend");
  }

  /** A stack of a new project whose program is `source` (JavaScript), in a folder below the repository. */
  static async ofSource(workspace: LocalWorkspace, source: string, env: Record<string, string> = {}): Promise<Stack> {
    mkdirSync(join(ROOT, ".cache"), { recursive: true });
    const folder = mkdtempSync(join(ROOT, ".cache", "engine-"));
    writeFileSync(join(folder, "Pulumi.yaml"), PROJECT);
    writeFileSync(join(folder, "index.js"), source);
    return Stack.of(workspace, folder, [folder], env);
  }

  /** A stack of the project in `folder`, which is left alone. */
  static async of(
    workspace: LocalWorkspace,
    folder: string,
    owned: string[] = [],
    env: Record<string, string> = {},
  ): Promise<Stack> {
    const stack = new Stack(folder, "dev", workspace, owned, env);
    try {
      await stack.init();
    } catch (error) {
      stack.remove();
      throw error;
    }
    return stack;
  }

  /** `stack init` writes its settings beside the program: they move to this stack's home, and a file of yours stays. */
  private async init(): Promise<void> {
    const beside = join(this.folder, `Pulumi.${this.name}.yaml`);
    const yours = existsSync(beside) ? readFileSync(beside) : undefined;
    rmSync(beside, { force: true });
    try {
      await this.must("stack", "init", this.name);
      if (existsSync(beside)) writeFileSync(this.configFile, readFileSync(beside));
    } finally {
      rmSync(beside, { force: true });
      if (yours) writeFileSync(beside, yours);
    }
  }

  private get configFile(): string {
    return join(this.home, `Pulumi.${this.name}.yaml`);
  }

  /** Runs the CLI in the project's folder; the config file stays in the stack's own home. */
  async run(...args: string[]): Promise<Run> {
    const config = ["up", "preview", "refresh", "destroy", "config"].includes(args[0] ?? "")
      ? ["--config-file", this.configFile]
      : [];
    const [command = "", ...rest] = args;
    const child = spawn("pulumi", [command, ...rest, ...config, "--non-interactive"], {
      cwd: this.folder,
      env: this.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.running = child;
    this.said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (this.said += chunk));
    const code = await new Promise<number>((done, failed) => {
      child.once("error", failed);
      child.once("close", (status) => done(status ?? 1));
    });
    this.running = undefined;
    this.printed += this.said;
    return { code, text: this.said };
  }

  /** Of the CLI that runs now. */
  get pid(): number {
    if (this.running?.pid === undefined) throw new Error("no CLI runs");
    return this.running.pid;
  }

  /** As one Ctrl-C: the CLI waits for the calls in flight, saves the state and ends. */
  interrupt(): void {
    this.running?.kill("SIGINT");
  }

  /** As `run`, but a failure throws with what was printed. */
  async must(...args: string[]): Promise<string> {
    const { code, text } = await this.run(...args);
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")} exited ${code}:\n${this.hide(text)}`);
    return text;
  }

  up = (...args: string[]): Promise<string> => this.must("up", "--yes", "--skip-preview", ...args);
  refresh = (...args: string[]): Promise<string> => this.must("refresh", "--yes", "--skip-preview", ...args);
  destroy = (...args: string[]): Promise<string> => this.must("destroy", "--yes", "--skip-preview", ...args);

  /** Stack outputs with their secrets, read past what is printed to people. */
  async outputs(): Promise<Record<string, unknown>> {
    const before = this.printed;
    const text = await this.must("stack", "output", "--json", "--show-secrets");
    this.printed = before;
    return JSON.parse(text);
  }

  /** The exported state; secrets stay encrypted. */
  async resources(): Promise<
    Array<{ type: string; id?: string; outputs: Record<string, unknown>; [key: string]: unknown }>
  > {
    const state = JSON.parse(await this.must("stack", "export"));
    return state.deployment.resources ?? [];
  }

  /** The whole state with its secrets in clear, read past what is printed to people. */
  async deployment(): Promise<Deployment> {
    const before = this.printed;
    const text = await this.must("stack", "export", "--show-secrets");
    this.printed = before;
    const { deployment } = JSON.parse(text, (_, value) =>
      typeof value?.plaintext === "string" && SECRET in value ? JSON.parse(value.plaintext) : value,
    );
    return { resources: deployment.resources ?? [], pending: deployment.pending_operations ?? [] };
  }

  /** What the backend's file holds at this moment, also while a CLI runs; secrets stay encrypted. */
  checkpoint(): Deployment {
    const names = readdirSync(this.backend, { recursive: true, encoding: "utf8" });
    const name = names.find((item) => /^\.pulumi\/stacks\/.*\.json$/.test(item));
    try {
      const { latest } = JSON.parse(readFileSync(join(this.backend, name ?? ""), "utf8")).checkpoint;
      return { resources: latest?.resources ?? [], pending: latest?.pending_operations ?? [] };
    } catch {
      // Being written.
      return { resources: [], pending: [] };
    }
  }

  async token(): Promise<{ id?: string; outputs: Record<string, unknown> }> {
    const found = (await this.resources()).find((item) => item.type === "pulumi-nodejs:dynamic/databricks:Token");
    if (!found) throw new Error("no token in the state");
    return found;
  }

  /** Values that stand in clear in what was printed or in any file that the stack has written; must be empty. */
  leaks(): string[] {
    const values = [...this.workspace.tokens({ all: true }).map((token) => token.value), this.workspace.admin.token];
    const places: Array<[string, string]> = [["the output", this.printed]];
    for (const entry of readdirSync(this.home, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      places.push([path.slice(this.home.length), readFileSync(path, "latin1")]);
    }
    return places.filter(([, text]) => values.some((value) => text.includes(value))).map(([place]) => place);
  }

  remove(): void {
    for (const folder of this.owned) rmSync(folder, { recursive: true, force: true });
  }

  /** What was printed, without tokens: for a failure's message. */
  hide(text: string): string {
    const values = [...this.workspace.tokens({ all: true }).map((token) => token.value), this.workspace.admin.token];
    return values.reduce((hidden, value) => hidden.replaceAll(value, "[token]"), text);
  }
}

const PROJECT = `name: engine-test
runtime:
  name: nodejs
  options:
    typescript: false
main: index.js
`;

/** A program with one token named `ci`, whose arguments come from the environment variable ARGS at each run. */
export const ONE_TOKEN = `
const { DatabricksToken } = require("pulumi-databricks-tokens");
const ci = new DatabricksToken("ci", JSON.parse(process.env.ARGS || "{}"));
module.exports = {
  token: ci.tokenValue, tokenId: ci.tokenId, previous: ci.previousTokenValue, header: ci.authorizationHeader,
  comment: ci.comment, rotatesAt: ci.rotatesAt, owner: ci.owner, host: ci.host,
};
`;
