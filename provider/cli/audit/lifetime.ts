import type { AuditedToken } from "../../audit/document";
import type { Kind } from "../../audit/rows";

/** Which moments of a token's life are drawn, on a terminal and on a page alike. Pure. Times are epoch ms. */

const DAY_MS = 86_400_000;
/** A token of ten years would leave no room for the others. */
const REACH_MS = 365 * DAY_MS;
/** Those of others are not for this stack to plan. */
const OURS: readonly Kind[] = ["managed", "retiring", "orphan", "unclaimed", "dead"];

export interface Span {
  readonly from: number;
  readonly until: number;
}

export interface Lifetime {
  readonly token: AuditedToken;
  readonly created: number;
  readonly lived: Span;
  /** What is left until its rotation, its revocation or its expiry; absent: it is dead. */
  readonly left?: Span;
  /** From its successor's minting to its revocation. */
  readonly overlap?: Span;
  readonly due?: number | undefined;
  /** Of itself, by an `up`. */
  readonly revoked?: number | undefined;
  /** `undefined`: never. */
  readonly expires: number | undefined;
  /** When it died, or `now` where it only is seen to be dead. */
  readonly gone?: number;
}

/** The lifetimes of a stack's tokens by resource, oldest first; the resource whose turn is next on top. */
export function lifetimesOf(tokens: readonly AuditedToken[], now: number): Lifetime[][] {
  const groups = new Map<string, AuditedToken[]>();
  for (const token of tokens) {
    if (!OURS.includes(token.kind) || token.createdAt === null || Number.isNaN(now)) continue;
    const group = groups.get(token.name ?? "");
    if (group) group.push(token);
    else groups.set(token.name ?? "", [token]);
  }
  const turn = (group: readonly AuditedToken[]): number =>
    group.reduce(
      (least, token) => Math.min(least, token.kind === "dead" ? now : nextOf(token)),
      Number.POSITIVE_INFINITY,
    );
  const sorted = [...groups.values()].map((group) => ({ group, turn: turn(group) })).sort((a, b) => a.turn - b.turn);
  return sorted.map(({ group }) => group.map((token) => lifetimeOf(token, now)).sort((a, b) => a.created - b.created));
}

const at = (time: string | null): number | undefined => (time === null ? undefined : Date.parse(time));

/** The next thing that happens to a token. */
const nextOf = ({ rotatesAt, retiringUntil, expiresAt }: AuditedToken): number =>
  Math.min(...[rotatesAt, retiringUntil, expiresAt].map((time) => at(time) ?? Number.POSITIVE_INFINITY));

function lifetimeOf(token: AuditedToken, now: number): Lifetime {
  const created = at(token.createdAt)!;
  const expires = at(token.expiresAt);
  const isDead = token.kind === "dead";
  const due = at(token.rotatesAt);
  const overlapFrom = token.overlapEndsAt === null ? at(token.replacedAt) : Math.max(due ?? now, now);
  const revoked = at(token.overlapEndsAt) ?? at(token.retiringUntil);
  return {
    ...{ token, created, expires, due, revoked },
    lived: { from: created, until: Math.min(now, isDead ? (expires ?? now) : now) },
    ...(!isDead && { left: { from: now, until: revoked ?? due ?? expires ?? Number.POSITIVE_INFINITY } }),
    ...(overlapFrom !== undefined && revoked !== undefined && { overlap: { from: overlapFrom, until: revoked } }),
    ...(isDead && { gone: Math.min(expires ?? now, now) }),
  };
}

/** From the first moment to the last, as far as a year before `now` and a year after it. */
export function spanOf(lifetimes: readonly Lifetime[], now: number): Span {
  const moments = lifetimes.flatMap(({ created, expires }) => [created, expires ?? now]);
  const from = Math.max(
    moments.reduce((least, moment) => Math.min(least, moment), now),
    now - REACH_MS,
  );
  const until = Math.min(
    moments.reduce((most, moment) => Math.max(most, moment), now),
    now + REACH_MS,
  );
  return { from, until: Math.max(until, from + 60_000) };
}

export type Mark = "created" | "lived" | "due" | "overlap" | "revoked" | "expires" | "gone";

/** What the marks that are drawn mean. */
export function legendOf(lifetimes: readonly Lifetime[]): Array<[Mark, string]> {
  const has = (test: (token: AuditedToken) => boolean): boolean => lifetimes.some(({ token }) => test(token));
  const marks: Array<[Mark, string, boolean]> = [
    ["created", "created", true],
    ["lived", "lived", true],
    ["due", "rotation due", has(({ rotatesAt }) => rotatesAt !== null)],
    ["overlap", "overlap", has(({ overlapEndsAt, replacedAt }) => (overlapEndsAt ?? replacedAt) !== null)],
    ["revoked", "revoked", has(({ overlapEndsAt, retiringUntil }) => (overlapEndsAt ?? retiringUntil) !== null)],
    ["expires", "expires", has(({ kind }) => kind !== "dead")],
    ["gone", "dead", has(({ kind }) => kind === "dead")],
  ];
  return marks.filter(([, , shown]) => shown).map(([mark, text]) => [mark, text]);
}

/** The text of a moment of a chart: of short lives with the time of day. */
export function momentText(time: number, { from, until }: Span): string {
  const iso = new Date(time).toISOString();
  return until - from < 3 * DAY_MS ? `${iso.slice(5, 10)} ${iso.slice(11, 16)}Z` : iso.slice(0, 10);
}
