import type { Properties } from "../../provider/pulumi/wire";
import { parseComment } from "../../provider/token/marker";
import { scheduleOf } from "../../provider/token/schedule";
import { ownersOf, readState, type TokenState } from "../../provider/token/state";
import type { LocalWorkspace, TokenRecord } from "../workspace";
import type { Kept, ModelStack, Resource } from "./stack";

/** A promise that was broken: thrown as soon as it is seen, and counted. */
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

/** What consumers hold and what the state knows, against what lives on the workspace. */
export class Ledger {
  readonly #held = new Map<string, Held>();
  /** Nonces whose tokens may live unknown to the state: a process was killed. */
  readonly #excused = new Set<string>();
  /** Ids of tokens that people made for themselves. */
  readonly #persons = new Set<string>();
  #run = 0;

  constructor(
    private readonly workspace: LocalWorkspace,
    private readonly stack: ModelStack,
  ) {}

  nextRun(): void {
    this.#run += 1;
  }

  /** A run brought `resource` from `before` to where it is; it began at `began`. */
  brought(resource: Resource, before: Kept | undefined, began: number): void {
    const { name, kept, args } = resource;
    const old = currentId(before);
    const now = currentId(kept);
    if (before?.id !== kept?.id) this.ended(name);
    else if (old !== undefined && now !== old) {
      const { overlapSeconds } = scheduleOf(args);
      this.#held.get(old)!.served = { until: began + overlapSeconds * 1000, run: this.#run };
    }
    if (now === undefined || this.#held.has(now)) return;
    this.#held.set(now, { resource: name });
    this.#handOut(name, String(kept?.outs["tokenValue"]), args);
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

  /** Whatever a consumer took from a resource that is replaced or destroyed ends with it. */
  ended(resource: string): void {
    for (const held of this.#held.values()) if (held.resource === resource) held.ended = true;
  }

  belongsToAPerson(tokenId: string): void {
    this.#persons.add(tokenId);
  }

  revokedElsewhere(tokenId: string): void {
    this.#held.get(tokenId)!.ended = true;
  }

  /** A process was killed: what it had under way may live unknown to the state, but never without its nonce. */
  excuse(): void {
    for (const nonce of this.stack.pending) this.#excused.add(nonce);
    for (const kept of this.stack.kept()) this.#excused.add(kept.id);
  }

  /**
   * A gateway sent a creation twice, and no answer tells of the first: the next rotation, or the destroy, has to find
   * it. One that fails as TOO_WIDE looks once, and a list may lag.
   */
  excuseRepeats(): void {
    for (const nonce of this.stack.begun) this.#excused.add(nonce);
  }

  check(): void {
    const states = this.stack.kept().map(({ id, outs }) => ({ id, state: readState(outs) }));
    const records = new Map(this.workspace.tokens({ all: true }).map((token) => [token.tokenId, token]));
    this.#nothingLeaked(states);
    for (const { state } of states) {
      nothingLost(state, records);
      notFooled(state, records, this.workspace.now());
    }
    this.#noOutage(records);
  }

  /**
   * What may live after a destroy that all went well with: nothing that has the nonce and the owner of a resource. But
   * what a killed process made otherwise than the state asks, or has proved, is the audit's to find: nothing tells it
   * from a token whose marker somebody has copied.
   */
  afterDestroy(): () => void {
    const owners = new Map(this.stack.kept().map(({ id, outs }) => [id, ownersOf(readState(outs))]));
    const asked = new Map(this.stack.kept().map(({ id, outs }) => [id, outs]));
    return () => {
      for (const token of this.workspace.tokens()) {
        const { comment, owner } = token;
        const nonce = parseComment(comment).nonce ?? "";
        if (this.#persons.has(token.tokenId)) continue;
        if (!owners.get(nonce)?.has(owner)) continue;
        const mayBeSomebodys = token.lastUsedDay !== undefined || !isAskedFor(token, asked.get(nonce)!);
        if (this.#excused.has(nonce) && mayBeSomebodys) continue;
        throw new Broken("leaked", `a lost attempt outlived the destroy: ${comment}`);
      }
    };
  }

  #nothingLeaked(states: ReadonlyArray<{ id: string; state: TokenState }>): void {
    const known = new Set(states.flatMap(({ state }) => recordsOf(state).map((token) => token.tokenId)));
    const unknownOutcome = new Set(
      states
        .filter(({ state }) => state.unfinished.some(({ code }) => code === "creation-unknown"))
        .map(({ id }) => id),
    );
    for (const token of this.workspace.tokens()) {
      if (known.has(token.tokenId) || this.#persons.has(token.tokenId)) continue;
      const { nonce } = parseComment(token.comment);
      if (nonce && (unknownOutcome.has(nonce) || this.#excused.has(nonce))) continue;
      throw new Broken("leaked", `a living token is in no state: ${token.comment}`);
    }
  }

  #noOutage(records: ReadonlyMap<string, TokenRecord>): void {
    const now = this.workspace.now();
    for (const tokenId of this.#persons) {
      if (records.get(tokenId)!.revokedAt !== undefined) throw new Broken("outage", "a person's token was revoked");
    }
    for (const [tokenId, { served, ended, resource }] of this.#held) {
      const token = records.get(tokenId)!;
      const expired = token.expiryTime >= 0 && token.expiryTime <= now;
      const over = served && served.until <= now && served.run !== this.#run;
      if (token.alive || expired || ended || over) continue;
      throw new Broken("outage", `${resource}'s ${served ? "previous" : "current"} token was revoked`);
    }
  }
}

function isAskedFor({ creationTime, expiryTime, scopes = [] }: TokenRecord, outs: Properties): boolean {
  const asked = (outs["scopes"] ?? []) as readonly string[];
  const lifetime = Number(outs["lifetimeSeconds"] ?? 90 * 86_400);
  return (
    expiryTime - creationTime === lifetime * 1000 &&
    (outs["autoscopeEnabled"] === true || [...scopes].sort().join() === [...asked].sort().join())
  );
}

export function currentId(kept: Kept | undefined): string | undefined {
  const id = kept?.outs["tokenId"];
  return typeof id === "string" ? id : undefined;
}

const recordsOf = (state: TokenState) => [
  ...(state.current ? [state.current] : []),
  ...state.candidates,
  ...state.retiring,
];

function nothingLost(state: TokenState, records: ReadonlyMap<string, TokenRecord>): void {
  for (const { tokenId, tokenValue } of recordsOf(state)) {
    if (records.get(tokenId)?.value !== tokenValue.reveal()) throw new Broken("lost", `the value of ${tokenId}`);
  }
}

/** Only a token that is dead may be marked as gone. */
function notFooled(state: TokenState, records: ReadonlyMap<string, TokenRecord>, now: number): void {
  const current = state.current && records.get(state.current.tokenId);
  if (!current || !state.unfinished.some(({ code }) => code === "current-gone")) return;
  const expired = current.expiryTime >= 0 && current.expiryTime <= now;
  if (current.alive && !expired) throw new Broken("lost", "a living token is marked as gone");
}
