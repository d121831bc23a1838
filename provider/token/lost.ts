import type { TokenOrigin } from "../pulumi/origin";
import type { TokenInfo } from "../workspace";
import { isCutFrom, markComment, parseComment, sameOrigin } from "./marker";
import { isExpired, scheduleOf } from "./schedule";
import { knownIds, type TokenInputs, type TokenState } from "./state";

/**
 * Which tokens did lost attempts leave? A marker is a comment, and people copy comments: a token that has ours may be
 * somebody's own. Pure; the provider's sweep and the audit judge by the same function.
 */

/** When creations whose answer was lost were under way, epoch ms of the workspace's clock. */
export interface Recorded {
  readonly from: number;
  /** From then on nothing of them was under way any more. */
  readonly since: number;
  /** Both are known to the moment, not guessed by how long an operation may take. */
  readonly isExact: boolean;
}

/** What is known of a resource and of its attempts. */
export interface Attempts {
  readonly nonce: string;
  /** What its markers may name: the resource may have been renamed. */
  readonly origins: readonly TokenOrigin[];
  /** Ids of the tokens that the state has. */
  readonly known: ReadonlySet<string>;
  /** Comments that it sends or has sent, each with its marker. */
  readonly sent: readonly string[];
  /** Lifetimes that it asks or asked for, or was given, in seconds. */
  readonly lifetimes: readonly number[];
  /** Scopes that it asks or asked for; `undefined` is every scope, `any` whatever the service derives. */
  readonly scopes: ReadonlyArray<readonly string[] | "any" | undefined>;
  readonly recorded: readonly Recorded[];
  /** Milliseconds that an operation may take: a younger token may be another run's, still under way. */
  readonly operationMs: number;
}

/**
 * `lost`: an attempt of ours left it. `unclaimed`: it has our marker, and may be somebody's: never revoked by itself.
 * `none`: it is not ours, is in the state, or has expired.
 */
export type Judgement = "lost" | "unclaimed" | "none";

/** Clocks and rounding of the service: a smaller difference of lifetimes is none. */
const SAME_LIFETIME_SECONDS = 60;
/** How far a creation's time may lie behind the moment that we took for its end: a `Date` counts whole seconds. */
const CLOCK_GRACE_MS = 5_000;

export function judge(token: TokenInfo, attempts: Attempts, now: number): Judgement {
  if (attempts.known.has(token.tokenId) || isExpired(token, now) || !isMarked(token, attempts)) return "none";
  // Nobody has the value of a lost token.
  if (token.lastUsedDay !== undefined) return "unclaimed";
  const { creationTime } = token;
  const { recorded, operationMs } = attempts;
  // Whatever the workspace granted: the answer that is lost may have been wider or shorter than what was asked for.
  const isOfAttempt = ({ from, since, isExact }: Recorded) => isExact && creationTime >= from && creationTime < since;
  if (recorded.some(isOfAttempt)) return "lost";
  if (!isAskedFor(token, attempts)) return "unclaimed";
  const isNear = ({ from, since }: Recorded): boolean =>
    creationTime >= from - CLOCK_GRACE_MS && creationTime < since + CLOCK_GRACE_MS;
  return recorded.some(isNear) || now - creationTime >= operationMs ? "lost" : "unclaimed";
}

/** Left alone only because another run may be about to be given it: to be looked at again. */
export function isPerhapsUnderWay(token: TokenInfo, attempts: Attempts, now: number): boolean {
  return (
    judge(token, attempts, now) === "unclaimed" &&
    token.lastUsedDay === undefined &&
    isAskedFor(token, attempts) &&
    now - token.creationTime < attempts.operationMs
  );
}

/** Our marker; also one that the workspace has cut or whose case it has changed, as long as its nonce can be told. */
function isMarked({ comment }: TokenInfo, { nonce, origins, sent }: Attempts): boolean {
  const parsed = parseComment(comment);
  if (parsed.nonce !== undefined) {
    const { origin } = parsed;
    return parsed.nonce === nonce && origin !== undefined && origins.some((ours) => sameOrigin(ours, origin));
  }
  return sent.some((whole) => isCutFrom(comment, whole) === "with-nonce");
}

/**
 * Tokens that may be ours though their marker is cut before its nonce: another resource of the stack would have the very
 * same. By the lifetime and the time of an attempt alone.
 */
export function perhapsLost(token: TokenInfo, attempts: Attempts, now: number): boolean {
  const { known, recorded, sent } = attempts;
  if (known.has(token.tokenId) || isExpired(token, now) || token.lastUsedDay !== undefined) return false;
  const { creationTime } = token;
  return (
    recorded.some(
      ({ from, since }) => creationTime >= from - CLOCK_GRACE_MS && creationTime < since + CLOCK_GRACE_MS,
    ) &&
    isAskedFor(token, attempts) &&
    sent.some((whole) => isCutFrom(token.comment, whole) === "without-nonce")
  );
}

function isAskedFor({ creationTime, expiryTime, scopes }: TokenInfo, attempts: Attempts): boolean {
  const lifetime = (expiryTime - creationTime) / 1000;
  return (
    expiryTime >= 0 &&
    attempts.lifetimes.some((asked) => Math.abs(asked - lifetime) <= SAME_LIFETIME_SECONDS) &&
    attempts.scopes.some((asked) => asked === "any" || equal(asked, scopes))
  );
}

const equal = (a: readonly string[] = [], b: readonly string[] = []): boolean =>
  new Set(a).size === new Set(b).size && a.every((scope) => b.includes(scope));

const distinctOrigins = (origins: readonly TokenOrigin[]): TokenOrigin[] =>
  origins.filter((origin, index) => origins.findIndex((other) => sameOrigin(other, origin)) === index);

/** What a state tells of a resource's attempts; `desired`: what today's program asks for besides. */
export function attemptsIn(state: TokenState, operationMs: number, desired: TokenInputs = state.inputs): Attempts {
  const { inputs, current, candidates, retiring, unfinished } = state;
  const records = [...(current ? [current] : []), ...candidates, ...retiring];
  const asked = [
    ...[inputs, desired].map((item) => ({ ...item, ...scheduleOf(item), comment: item.comment ?? "" })),
    ...candidates.flatMap(({ mintedWith }) => mintedWith ?? []),
  ];
  const granted = records.map(({ creationTime, expiryTime }) => (expiryTime - creationTime) / 1000);
  const unknown = unfinished.filter(({ code }) => code === "creation-unknown");
  // Each under the name that it had: a resource may be renamed between two of them.
  const origins = distinctOrigins([inputs.origin, desired.origin, ...unknown.flatMap(({ origin }) => origin ?? [])]);
  const ofUnknown = unknown.flatMap(({ since, until }) => (until === undefined ? [] : (until - since) / 1000));
  return {
    nonce: inputs.nonce,
    origins,
    known: knownIds(state),
    sent: asked.flatMap(({ comment }) => origins.map((origin) => markComment(comment, origin, inputs.nonce))),
    lifetimes: [...asked.map(({ lifetimeSeconds }) => lifetimeSeconds), ...granted, ...ofUnknown],
    scopes: asked.map(({ scopes, autoscopeEnabled }) => (autoscopeEnabled ? "any" : scopes)),
    recorded: unknown.map(({ from, since }) => ({
      from: from ?? since - operationMs,
      since,
      isExact: from !== undefined,
    })),
    operationMs,
  };
}
