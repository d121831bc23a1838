import assert from "node:assert/strict";
import { parseComment } from "../../provider/token/marker";
import { scheduleOf } from "../../provider/token/schedule";
import { ownersOf, type Properties, readState, type TokenState } from "../../provider/token/state";
import { type Fault, type Identity, LocalWorkspace, type TokenRecord } from "../workspace";
import { Settings } from "../workspace/settings";
import { type Death, Machine } from "./machine";
import { type Kept, ModelStack, type Outcome } from "./stack";

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
  | { do: "identity"; who: "admin" | "owner" | "stranger" | "nobody" }
  | { do: "wish"; args: Properties }
  | { do: "elsewhere"; what: "revoke" | "comment" }
  | { do: "tokens"; enabled: boolean };

const HOUR = 3_600_000;
const SLOW = (list = 0, work = 0, die = 0): Partial<Settings> => ({
  listLagMs: list * 1000,
  tokensWorkAfterMs: work * 1000,
  tokensDieAfterMs: die * 1000,
});
const { grantScopes, grantLifetime } = new Settings();
const AS_ASKED = { grantScopes, grantLifetime };
/** Each world starts later than the one before: what a process remembers of a host's clock never lies in the future. */
let epoch = Date.UTC(2027, 0, 1);

/** What must never be: counted by the suite, thrown as soon as it is seen. */
export class Broken extends Error {
  constructor(
    readonly promise: "leaked" | "lost" | "outage",
    message: string,
  ) {
    super(`${promise}: ${message}`);
  }
}

/** A token that some consumer took from the stack's outputs. */
interface Held {
  readonly resource: string;
  /** Until when it must work by the workspace's clock, and in any case to the end of the run that replaced it. */
  served?: { until: number; run: number };
  /** Dead by somebody's will: revoked elsewhere, replaced or destroyed. */
  ended?: boolean;
}

/** A stack of tokens on a workspace, everything that can befall them, and what must hold all the same. */
export class World {
  readonly machine: Machine;
  readonly stack: ModelStack;
  readonly #held = new Map<string, Held>();
  #steps = 0;
  readonly #identities = new Map<string, Identity>();
  /** Nonces whose tokens may live unknown to the state: a process was killed. */
  readonly #excused = new Set<string>();

  private constructor(
    readonly workspace: LocalWorkspace,
    names: readonly string[],
    args: Properties,
  ) {
    epoch += 2_000 * 24 * HOUR;
    workspace.setClock(epoch);
    this.machine = new Machine(workspace);
    this.stack = new ModelStack(this.machine, names, args);
  }

  static async start(names: readonly string[], args: Properties = {}): Promise<World> {
    return new World(await LocalWorkspace.start(), names, args);
  }

  /** Does a step, and looks whether everything still holds. */
  async step(step: Step): Promise<Outcome> {
    this.#steps += 1;
    const outcome = await this.#do(step);
    this.#check();
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
      if (round > 1) assert.deepEqual(errors, [], "an up without faults failed");
    }
    assert.equal(this.stack.changes(), false, "the stack does not come to rest");
    const owners = new Map(this.#allKept().map(({ id, outs }) => [id, ownersOf(readState(outs))]));
    const { errors } = await this.step({ do: "destroy" });
    // A killed process may leave what no state knows; but what has a resource's nonce and owner is found again.
    for (const { comment, owner } of this.workspace.tokens()) {
      if (owners.get(parseComment(comment).nonce ?? "")?.has(owner))
        throw new Broken("leaked", `a lost attempt outlived the destroy: ${comment}`);
    }
    assert.deepEqual(errors, [], "a destroy without faults failed");
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
        break;
      case "mend":
        workspace.faults.clear();
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

  #identity(who: "admin" | "owner" | "stranger" | "nobody"): Identity | undefined {
    if (who === "nobody") return undefined;
    if (who === "admin") return this.workspace.admin;
    const identity = this.#identities.get(who) ?? this.workspace.addUser(`${who}@example.com`);
    this.#identities.set(who, identity);
    return identity;
  }

  async #up(replace: boolean): Promise<Outcome> {
    const began = this.workspace.now();
    const before = new Map(this.stack.resources.map(({ name, kept }) => [name, kept]));
    const outcome = await this.stack.up({ replace });
    this.#excuse(outcome);
    for (const { name, kept, args } of this.stack.resources) {
      const old = currentId(before.get(name));
      const now = currentId(kept);
      if (before.get(name)?.id !== kept?.id) this.#ended(name);
      else if (old !== undefined && now !== old) {
        const { overlapSeconds } = scheduleOf(args);
        this.#held.get(old)!.served = { until: began + overlapSeconds * 1000, run: this.#steps };
      }
      if (now !== undefined && !this.#held.has(now)) {
        this.#held.set(now, { resource: name });
        this.#handOut(name, String(kept?.outs["tokenValue"]), args);
      }
    }
    return outcome;
  }

  /** What a consumer gets works, and may do no more than was asked for. */
  #handOut(name: string, value: string, { scopes }: Properties): void {
    const token = this.workspace.tokens({ all: true }).find((other) => other.value === value);
    if (!token || !this.workspace.signsIn(value)) throw new Broken("outage", `${name}'s new token does not work`);
    const asked = scopes as string[] | undefined;
    if (asked && (!token.scopes || token.scopes.some((scope) => !asked.includes(scope)))) {
      throw new Broken("leaked", `${name}'s new token may do more than was asked for`);
    }
  }

  async #destroy(): Promise<Outcome> {
    for (const { name } of this.stack.resources) this.#ended(name);
    const outcome = await this.stack.destroy();
    this.#excuse(outcome);
    return outcome;
  }

  /** Whatever a consumer took from a resource that is replaced or destroyed ends with it. */
  #ended(name: string): void {
    for (const held of this.#held.values()) if (held.resource === name) held.ended = true;
  }

  #excuse({ killed }: Outcome): void {
    if (!killed) return;
    for (const nonce of this.stack.pending) this.#excused.add(nonce);
    for (const kept of this.#allKept()) this.#excused.add(kept.id);
  }

  #elsewhere(what: "revoke" | "comment"): void {
    const [kept] = this.#allKept();
    const id = currentId(kept);
    if (id === undefined) return;
    if (what === "comment") this.workspace.editToken(id, { comment: "changed elsewhere" });
    else {
      this.workspace.revoke(id);
      this.#held.get(id)!.ended = true;
    }
  }

  #allKept(): Kept[] {
    return this.stack.resources.flatMap(({ kept, deposed }) => [...(kept ? [kept] : []), ...deposed]);
  }

  #check(): void {
    const states = this.#allKept().map((kept) => ({ id: kept.id, state: readState(kept.outs) }));
    this.#nothingLeaked(states);
    this.#nothingLost(states);
    this.#noOutage();
  }

  #nothingLeaked(states: Array<{ id: string; state: TokenState }>): void {
    const known = new Set(states.flatMap(({ state }) => records(state).map((token) => token.tokenId)));
    const unknownOutcome = new Set(
      states
        .filter(({ state }) => state.unfinished.some(({ code }) => code === "creation-unknown"))
        .map(({ id }) => id),
    );
    for (const token of this.workspace.tokens()) {
      if (known.has(token.tokenId)) continue;
      const nonce = parseComment(token.comment).nonce;
      if (nonce && (unknownOutcome.has(nonce) || this.#excused.has(nonce))) continue;
      throw new Broken("leaked", `a living token is in no state: ${token.comment}`);
    }
  }

  #nothingLost(states: Array<{ id: string; state: TokenState }>): void {
    const byId = new Map(this.workspace.tokens({ all: true }).map((token) => [token.tokenId, token]));
    for (const { state } of states) {
      for (const { tokenId, tokenValue } of records(state)) {
        if (byId.get(tokenId)?.value !== tokenValue.reveal()) throw new Broken("lost", `the value of ${tokenId}`);
      }
    }
  }

  #noOutage(): void {
    const now = this.workspace.now();
    const byId = new Map<string, TokenRecord>(this.workspace.tokens({ all: true }).map((t) => [t.tokenId, t]));
    for (const [tokenId, { served, ended, resource }] of this.#held) {
      const token = byId.get(tokenId)!;
      const expired = token.expiryTime >= 0 && token.expiryTime <= now;
      const over = served && served.until <= now && served.run !== this.#steps;
      if (token.alive || expired || ended || over) continue;
      throw new Broken("outage", `${resource}'s ${served ? "previous" : "current"} token was revoked`);
    }
  }
}

function currentId(kept: Kept | undefined): string | undefined {
  const id = kept?.outs["tokenId"];
  return typeof id === "string" ? id : undefined;
}

const records = (state: TokenState) => [
  ...(state.current ? [state.current] : []),
  ...state.candidates,
  ...state.retiring,
];
