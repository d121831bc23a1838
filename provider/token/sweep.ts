import { DatabricksTokensError, hasCode } from "../errors";
import { quote } from "../http/quote";
import type { TokenContext } from "../session/context";
import { type Minter, nameOf } from "../session/minter";
import type { Credential } from "../sign-in";
import type { TokenInfo } from "../workspace";
import { listingOf, type MinterListing } from "./listing";
import { type Attempts, attemptsIn, isPerhapsUnderWay, judge, perhapsLost } from "./lost";
import { parseComment } from "./marker";
import { scheduleOf } from "./schedule";
import { mintersOf, type TokenInputs, type TokenState, timestamp } from "./state";
import { noteLostAttempt, type Unfinished } from "./unfinished";

/** Which of the listed tokens are ours beyond their marker; `mint` knows more of its own attempts. */
export type AlsoLost = (token: TokenInfo) => boolean;

const nothingMore: AlsoLost = () => false;

/**
 * Revokes what lost attempts have left in a list, until it is gone. There is no value to prove that with: a token is gone
 * once it is in no list and its id is unknown (or, should a workspace accept the revocation of what is gone, a second
 * list says so). Either alone may be said of a token that lives. What may be somebody else's is named, and left.
 * Gives what was revoked. `after`: how young the first listing must be.
 */
export async function sweep(
  context: TokenContext,
  listing: MinterListing,
  attempts: Attempts,
  after?: number,
  alsoLost: AlsoLost = nothingMore,
): Promise<TokenInfo[]> {
  const found = new Map<string, TokenInfo>();
  const gone = new Set<string>();
  let absentBefore = new Set<string>();
  const look = async (notBefore: number | undefined): Promise<Set<string>> => {
    const tokens = await listing.tokens(notBefore);
    const now = await timeBy(context, listing);
    const lost = tokens.filter((token) => judge(token, attempts, now) === "lost" || alsoLost(token));
    for (const token of lost) {
      found.set(token.tokenId, token);
      gone.delete(token.tokenId);
    }
    nameUnclaimed(
      context,
      tokens.filter((token) => !alsoLost(token) && judge(token, attempts, now) === "unclaimed"),
    );
    const listed = new Set(tokens.map(({ tokenId }) => tokenId));
    return new Set([...found.keys()].filter((tokenId) => !listed.has(tokenId)));
  };
  await look(after);
  if (found.size === 0) return [];
  const left = (): string[] => [...found.keys()].filter((tokenId) => !gone.has(tokenId));
  const revoke = (ids: readonly string[]): Promise<Array<[string, boolean]>> =>
    Promise.all(ids.map(async (tokenId) => [tokenId, await isUnknown(listing.revoke(tokenId))] as [string, boolean]));
  await revoke(left());
  for (let pause = 500; ; pause = Math.min(pause * 2, 5_000)) {
    // A second one may turn up only now.
    const absent = await look(context.now());
    for (const [tokenId, unknown] of await revoke(left())) {
      if (absent.has(tokenId) && (unknown || absentBefore.has(tokenId))) gone.add(tokenId);
    }
    if (left().length === 0) break;
    absentBefore = absent;
    if (context.now() + pause >= context.deadline) {
      throw new DatabricksTokensError(
        "REVOCATION_NOT_CONFIRMED",
        `${left().length} token(s) of a lost attempt are not yet gone from ${context.client.host} after their ` +
          `revocation (${quote(left().join(", "))}). Run the command again: it goes on from here`,
      );
    }
    await context.sleep(pause);
  }
  for (const { tokenId, creationTime } of found.values()) {
    context.warn(
      `Revoked token ${quote(tokenId)} on ${context.client.host}, made ${timestamp(creationTime) || "at an unknown time"}: an ` +
        "attempt whose answer was lost had left it, and nobody has its value",
    );
  }
  return [...found.values()];
}

/** The workspace's time. Nothing is old as long as it is not known. */
async function timeBy({ client, now }: TokenContext, listing: MinterListing): Promise<number> {
  for (let asked = 0; !client.clock.isSure && asked < 2; asked++) await listing.tokens(now());
  return client.clockOffsetMs === undefined ? Number.NEGATIVE_INFINITY : client.serverNow();
}

const named = new Set<string>();

/** Each one once a process. */
function nameUnclaimed({ client, warn }: TokenContext, tokens: readonly TokenInfo[]): void {
  for (const { tokenId, creationTime } of tokens) {
    if (named.has(`${client.host} ${tokenId}`)) continue;
    named.add(`${client.host} ${tokenId}`);
    warn(
      `Token ${quote(tokenId)} on ${client.host}, made ${timestamp(creationTime) || "at an unknown time"}, has the marker of ` +
        "this resource, but may be in use: it is left alone. `databricks-tokens audit` shows it as unclaimed; if nobody " +
        "needs it, revoke it there",
    );
  }
}

/** Whether there is no such token any more; false: it was accepted, and so was there. */
async function isUnknown(revoked: Promise<void>): Promise<boolean> {
  try {
    await revoked;
    return false;
  } catch (error) {
    if (hasCode(error, "NOT_FOUND")) return true;
    throw error;
  }
}

/**
 * Sweeps the shared lists of everybody who minted for the resource. Gives those whose tokens this sign-in may not see.
 */
export async function sweepMinters(
  context: TokenContext,
  credential: Credential,
  state: TokenState,
  desired: TokenInputs = state.inputs,
): Promise<Minter[]> {
  const attempts = attemptsIn(state, context.limits.operationMs, desired);
  const hidden: Minter[] = [];
  for (const minter of mintersOf(state)) {
    const listing = await listingOf(context, credential, minter, state);
    if (!listing) {
      hidden.push(minter);
      continue;
    }
    await sweep(context, listing, attempts);
    const now = await timeBy(context, listing);
    // A later run looks again, whatever the resource asks for by then.
    const [young] = (await listing.tokens()).filter((token) => isPerhapsUnderWay(token, attempts, now));
    const since = context.client.clock.latestNow();
    if (!young) continue;
    // As its marker says; a marker without a name is cut, and told by the state's.
    const { origin = state.inputs.origin } = parseComment(young.comment);
    noteLostAttempt(state, { from: young.creationTime, since, until: young.expiryTime, minter, origin });
  }
  return hidden;
}

/** How long after the last moment of a token's life its attempt is settled without anybody's list. */
const GRACE_MS = 3_600_000;

/** `settled`; `later`: the list may still lag; `nobody`: this sign-in has no list that would show it. */
export type Settled = "settled" | "later" | "nobody";

/**
 * Looks once for what a creation of unknown outcome has left, in the list where it would stand, and revokes it. A list
 * may lag behind a creation: "not listed yet" is no proof of absence.
 */
export async function settle(
  context: TokenContext,
  credential: Credential,
  state: TokenState,
  unknown: Unfinished,
  desired: TokenInputs = state.inputs,
): Promise<Settled> {
  const listing = await listingOf(context, credential, unknown.minter, state);
  if (!listing) return isOver(context, unknown, state) ? "settled" : "nobody";
  const attempts = attemptsIn(state, context.limits.operationMs, desired);
  await sweep(context, listing, attempts, context.now());
  const now = await timeBy(context, listing);
  if (now - unknown.since <= context.limits.listLagMs) return "later";
  const [perhaps] = (await listing.tokens()).filter((token) => perhapsLost(token, attempts, now));
  if (!perhaps) return "settled";
  context.warn(
    `${context.client.host} does not keep comments whole: token ${quote(perhaps.tokenId)} may be what a lost attempt left, or ` +
      "another resource's. If nobody needs it, revoke it",
  );
  return isOver(context, unknown, state) ? "settled" : "later";
}

/** From when on nobody's list is needed any more. States of before don't say how long the token would live. */
export const endOf = ({ since, until }: Unfinished, { inputs }: TokenState): number =>
  (until ?? since + scheduleOf(inputs).lifetimeSeconds * 1000) + GRACE_MS;

/** Whatever the creation made has expired by itself. */
function isOver({ client, warn }: TokenContext, unknown: Unfinished, state: TokenState): boolean {
  const { minter, since } = unknown;
  if (client.clockOffsetMs === undefined || client.serverNow() < endOf(unknown, state)) return false;
  warn(
    `Nobody could look for what a creation on ${client.host} of ${timestamp(since)} may have left, among the tokens of ` +
      `${nameOf(minter)}: it has expired by now`,
  );
  return true;
}
