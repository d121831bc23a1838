import assert from "node:assert/strict";
import type { Properties } from "../../provider/pulumi/wire";
import { type Fault, type Identity, LocalWorkspace } from "../workspace";
import { Settings } from "../workspace/settings";
import { currentId, Ledger } from "./ledger";
import { type Death, Machine } from "./machine";
import { ModelStack, type Outcome } from "./stack";

/** `mute`: a user whose own token has the scope `authentication` alone, and so may not ask who it is. */
export type Who = "admin" | "owner" | "stranger" | "nobody" | "mute";

/** One thing that happens; plain data, so that a failing sequence prints as a script. */
export type Step =
  | { do: "up"; replace?: boolean }
  | { do: "refresh" }
  | { do: "destroy" }
  | { do: "kill"; during: "up" | "destroy"; death: Death }
  | { do: "fault"; fault: Fault }
  | { do: "mend" }
  | { do: "slow"; list?: number; work?: number; die?: number }
  | { do: "grant"; what: "every-scope" | "longer" | "as-asked" }
  | { do: "wait"; hours: number }
  | { do: "clock"; hours: number }
  | { do: "identity"; who: Who }
  | { do: "copy" }
  | { do: "wish"; args: Properties }
  | { do: "elsewhere"; what: "revoke" | "comment" }
  | { do: "tokens"; enabled: boolean };

const HOUR = 3_600_000;
/** No sequence asks for that: a person's token is none that a lost attempt could have made. */
const PERSONS_LIFETIME_SECONDS = 500 * 86_400;
const SLOW = (list = 0, work = 0, die = 0): Partial<Settings> => ({
  listLagMs: list * 1000,
  tokensWorkAfterMs: work * 1000,
  tokensDieAfterMs: die * 1000,
});
const { grantScopes, grantLifetime } = new Settings();
const AS_ASKED = { grantScopes, grantLifetime };
/**
 * Each world starts later than the one before, by more than one lasts: what a process remembers of a host's clock never
 * lies in the future. Not by more than that: after some 50,000 of 2,000 days there are no dates left.
 */
let epoch = Date.UTC(2027, 0, 1);

/** A stack of tokens on a workspace, everything that can befall them, and what must hold all the same. */
export class World {
  readonly machine: Machine;
  readonly stack: ModelStack;
  readonly #ledger: Ledger;
  /** Whether a gateway has sent creations twice. */
  #repeats = false;
  readonly #identities = new Map<string, Identity>();

  private constructor(
    readonly workspace: LocalWorkspace,
    names: readonly string[],
    args: Properties,
  ) {
    epoch += 600 * 24 * HOUR;
    workspace.setClock(epoch);
    this.machine = new Machine(workspace);
    this.stack = new ModelStack(this.machine, names, args);
    this.#ledger = new Ledger(workspace, this.stack);
  }

  static async start(names: readonly string[], args: Properties = {}): Promise<World> {
    return new World(await LocalWorkspace.start(), names, args);
  }

  /** Does a step, and looks whether everything still holds. */
  async step(step: Step): Promise<Outcome> {
    this.#ledger.nextRun();
    const outcome = await this.#do(step);
    this.#ledger.check();
    return outcome;
  }

  /**
   * Everything is well again: an `up` finishes what was left, the next one has nothing to do, a destroy leaves nothing.
   */
  async finish(): Promise<void> {
    for (const step of [
      { do: "mend" },
      { do: "identity", who: "admin" },
      { do: "clock", hours: 0 },
      { do: "tokens", enabled: true },
    ] as const) {
      await this.step(step);
    }
    // A list may lag for a minute behind a creation: what was unknown is settled after that.
    for (const round of [1, 2, 3]) {
      this.workspace.advance(HOUR / 20);
      const { errors } = await this.step({ do: "up" });
      if (round > 1) nothingWrong("an up without faults failed", errors);
    }
    assert.equal(this.stack.changes(), false, "the stack does not come to rest");
    const nothingLeft = this.#ledger.afterDestroy();
    const { errors } = await this.step({ do: "destroy" });
    nothingLeft();
    nothingWrong("a destroy without faults failed", errors);
    assert.ok(this.stack.resources.every(({ kept, deposed }) => !kept && deposed.length === 0));
  }

  end(): Promise<void> {
    return this.workspace.stop();
  }

  async #do(step: Step): Promise<Outcome> {
    const { workspace, machine } = this;
    switch (step.do) {
      case "up":
        return this.#up(step.replace === true);
      case "refresh":
        return this.stack.refresh();
      case "destroy":
        return this.#destroy();
      case "kill":
        machine.death = { ...step.death };
        return step.during === "up" ? this.#up(false) : this.#destroy();
      case "fault":
        workspace.faults.add(step.fault);
        this.#repeats ||= step.fault.kind === "repeat";
        machine.hanging ||= step.fault.kind === "hang";
        break;
      case "mend":
        workspace.faults.clear();
        machine.hanging = false;
        Object.assign(workspace.settings, { ...SLOW(0, 0, 0), ...AS_ASKED });
        machine.death = undefined;
        break;
      case "slow":
        Object.assign(workspace.settings, SLOW(step.list, step.work, step.die));
        break;
      case "grant":
        Object.assign(workspace.settings, AS_ASKED);
        if (step.what === "every-scope") workspace.settings.grantScopes = () => undefined;
        if (step.what === "longer") workspace.settings.grantLifetime = (asked) => (asked ?? 0) * 2 + 7200;
        break;
      case "wait":
        workspace.advance(step.hours * HOUR);
        break;
      case "clock":
        machine.skewMs = step.hours * HOUR;
        break;
      case "identity":
        machine.identity = this.#identity(step.who);
        break;
      case "copy":
        this.#copyMarker();
        break;
      case "wish":
        for (const resource of this.stack.resources) resource.args = step.args;
        break;
      case "elsewhere":
        this.#elsewhere(step.what);
        break;
      case "tokens":
        workspace.settings.enableTokensConfig = step.enabled;
        break;
    }
    return { errors: [] };
  }

  #identity(who: Who): Identity | undefined {
    if (who === "nobody") return undefined;
    if (who === "admin") return this.workspace.admin;
    const identity = this.#identities.get(who) ?? this.#newUser(who);
    this.#identities.set(who, identity);
    return identity;
  }

  #newUser(who: Who): Identity {
    const user = this.workspace.addUser(`${who}@example.com`);
    if (who !== "mute") return user;
    const { tokenId, value } = this.workspace.mint(user, { scopes: ["authentication"] });
    this.#ledger.belongsToAPerson(tokenId);
    return { ...user, token: value };
  }

  /**
   * Whoever is signed in makes a token for daily use, and copies the comment of a token of the stack: not within the
   * minutes of an attempt, where it could not be told from what that has left.
   */
  #copyMarker(): void {
    const id = currentId(this.stack.kept()[0]);
    const token = this.workspace.tokens().find(({ tokenId }) => tokenId === id);
    if (!token || !this.machine.identity) return;
    const asked = { comment: token.comment, lifetimeSeconds: PERSONS_LIFETIME_SECONDS };
    this.workspace.advance(HOUR);
    const copy = this.workspace.mint(this.machine.identity, asked);
    copy.lastUsedDay = this.workspace.now();
    this.#ledger.belongsToAPerson(copy.tokenId);
    this.workspace.advance(HOUR);
  }

  async #up(replace: boolean): Promise<Outcome> {
    const began = this.workspace.now();
    const before = new Map(this.stack.resources.map(({ name, kept }) => [name, kept]));
    const outcome = await this.stack.up({ replace });
    if (outcome.killed) this.#ledger.excuse();
    if (this.#repeats) this.#ledger.excuseRepeats();
    for (const resource of this.stack.resources) this.#ledger.brought(resource, before.get(resource.name), began);
    return outcome;
  }

  async #destroy(): Promise<Outcome> {
    for (const { name } of this.stack.resources) this.#ledger.ended(name);
    const outcome = await this.stack.destroy();
    if (outcome.killed) this.#ledger.excuse();
    return outcome;
  }

  #elsewhere(what: "revoke" | "comment"): void {
    const [kept] = this.stack.kept();
    const id = currentId(kept);
    if (id === undefined) return;
    if (what === "comment") this.workspace.editToken(id, { comment: "changed elsewhere" });
    else {
      this.workspace.revoke(id);
      this.#ledger.revokedElsewhere(id);
    }
  }
}

function nothingWrong(title: string, errors: readonly Error[]): void {
  assert.deepEqual(
    errors.map(({ message }) => message),
    [],
    `${title}: ${errors.map(({ message }) => message).join("\n")}`,
  );
}
