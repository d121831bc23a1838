import { DatabricksTokensError, type ErrorCode } from "../errors";
import { createToken, type TokenRequest } from "../workspace";
import { foreignText } from "../workspace/foreign-text";
import { as, knownTime } from "./context";
import { changesComments, inFlight, keepsComments, mayBeAnothers } from "./in-flight";
import { ownListing } from "./listing";
import { type Attempts, attemptsIn } from "./lost";
import { isCutFrom, markComment } from "./marker";
import { type Minter, minterOf } from "./minter";
import { withQuota } from "./quota";
import { scheduleOf } from "./schedule";
import { noteLostAttempt, type TokenRecord } from "./state";
import { type AlsoLost, sweep } from "./sweep";
import { widerThan } from "./wider";
import type { Work } from "./work";

const MAX_ATTEMPTS = 5;
/** When to look for an attempt whose answer was lost: "not listed yet" is no proof that it was never made. */
const LOOKS_MS = [0, 500, 1_500, 4_000];
/** The workspace's clock is known to the second, and so are the times of what it creates. */
const CLOCK_GRACE_MS = 2_000;

/** Asking again would give the same answer, whether or not the attempt took effect. */
const ENDS_THE_MINT: readonly ErrorCode[] = [
  "QUOTA_EXCEEDED",
  "TOKENS_DISABLED",
  "PERMISSION_DENIED",
  "NOT_A_MEMBER",
  "SCOPE_MISSING",
  "IP_ACCESS_LIST",
];

export interface Minted {
  readonly token: TokenRecord;
  /** How the token is wider than what was asked for; it must not be used. */
  readonly wider?: string;
}

/** A creation whose answer was lost: epoch ms of this machine's clock. */
interface LostAttempt {
  readonly began: number;
  readonly ended: number;
}

/**
 * Creates one token: a candidate of the state from the first moment. After an ambiguous failure it sweeps what the lost
 * attempt made and tries again; the value of a lost attempt is lost, so its token is revoked, never adopted. What may
 * have been left without showing in a list yet is noted as `creation-unknown`.
 */
export async function mint(work: Work): Promise<Minted> {
  const { context, credential, wish } = work;
  // Asked before anything is made: only the list of who minted, or an administrator's, shows a token that was lost.
  const minter = minterOf(await context.whoIs(credential), wish.nonce);
  // And the time, by which lost attempts are told.
  await knownTime(context, credential);
  const lost: LostAttempt[] = [];
  /** Creation times, by this machine's clock, of what the lost attempts were found to have made; by token id. */
  const found = new Map<string, number>();
  try {
    for (let attempt = 1; ; attempt++) {
      const began = context.now();
      try {
        return await createCandidate(work, minter);
      } catch (error) {
        if (!(error instanceof DatabricksTokensError && error.ambiguous)) throw await withQuota(work, error);
        lost.push({ began, ended: context.now() });
        await lookForLost(work, lost, found);
        if (ENDS_THE_MINT.includes(error.code) || !keepsComments(context.client.host)) {
          throw await withQuota(work, error);
        }
        if (attempt >= MAX_ATTEMPTS || context.now() + 1_000 >= context.deadline) throw error;
      }
    }
  } finally {
    if (unaccounted(lost, found) > 0) noteUnknown(work, minter);
  }
}

function noteUnknown({ context, state, wish }: Work, minter: Minter): void {
  // By the server's clock, and as late as can be: from now on nothing of ours is under way.
  const since = context.client.clock.latestNow();
  noteLostAttempt(state, since, since + scheduleOf(wish).lifetimeSeconds * 1000, minter);
  state.inputs = { ...state.inputs, origin: wish.origin };
  context.warn(
    `The answer to a creation on ${context.client.host} was lost, and no list shows yet whether it made a token. It is ` +
      "noted in the state: a `pulumi refresh` or `pulumi up` in a minute looks again and settles it",
  );
}

async function createCandidate(work: Work, minter: Minter): Promise<Minted> {
  const { context, state, wish } = work;
  const { host } = context.client;
  const request = requestOf(work);
  const flight = { host, comment: request.comment };
  const { value, info } = await inFlight(flight, context.elapsed, () => create(work, request));
  const { scopes, autoscopeEnabled, lifetimeSeconds } = request;
  const token: TokenRecord = {
    tokenId: info.tokenId,
    tokenValue: value,
    creationTime: info.creationTime || context.client.serverNow(),
    expiryTime: info.expiryTime,
    minter,
    mintedWith: {
      lifetimeSeconds,
      comment: wish.comment ?? "",
      ...(scopes && { scopes }),
      ...(autoscopeEnabled !== undefined && { autoscopeEnabled }),
    },
  };
  state.candidates.push(token);
  if (info.comment !== request.comment) warnOfComment(work, token, request.comment, info.comment);
  const wider = widerThan(wish, lifetimeSeconds, { ...info, creationTime: token.creationTime });
  return { token, ...(wider && { wider }) };
}

/** Whatever fails once the request may have left this machine may have made a token. */
async function create({ context, credential }: Work, request: TokenRequest): ReturnType<typeof createToken> {
  let sent = false;
  try {
    return await createToken(as(context, credential), request, async () => {
      sent = false;
      await context.assertEngine();
      sent = true;
    });
  } catch (error) {
    if (error instanceof DatabricksTokensError || !sent) throw error;
    throw new DatabricksTokensError(
      "UNEXPECTED_ANSWER",
      `${context.client.host} answered the creation of a token in a way that can't be read: ${foreignText((error as Error).message)}`,
      { ambiguous: true, cause: error },
    );
  }
}

function requestOf({ wish }: Work): TokenRequest {
  return {
    comment: markComment(wish.comment ?? "", wish.origin, wish.nonce),
    lifetimeSeconds: scheduleOf(wish).lifetimeSeconds,
    ...(wish.scopes && { scopes: wish.scopes }),
    ...(wish.autoscopeEnabled !== undefined && { autoscopeEnabled: wish.autoscopeEnabled }),
  };
}

function warnOfComment({ context }: Work, { tokenId }: TokenRecord, sent: string, kept: string): void {
  const { host } = context.client;
  changesComments(host);
  context.warn(
    `${host} did not keep the comment of token ${foreignText(tokenId)} as it was sent (${kept.length} of ${sent.length} characters ` +
      "came back). Its end is the marker that ties the token to this stack: where it is lost, a token whose answer got " +
      "lost can't be told from others, and a creation is not tried again. A shorter comment or shorter names may help",
  );
}

/** Sweeps until as many tokens are found as attempts were lost, or the looks are over. */
async function lookForLost(work: Work, lost: readonly LostAttempt[], found: Map<string, number>): Promise<void> {
  const { context, credential } = work;
  const listing = ownListing(context, credential);
  const { ended } = lost.at(-1)!;
  for (const pause of LOOKS_MS) {
    if (context.now() + pause >= context.deadline) break;
    if (pause > 0) await context.sleep(pause);
    try {
      // Half of a pause old is new enough, so that many who look share their listings.
      const after = Math.max(ended, context.now() - pause / 2);
      for (const { tokenId, creationTime } of await sweep(
        context,
        listing,
        attemptsOf(work, lost),
        after,
        alsoLost(work, lost),
      )) {
        if (creationTime > 0) found.set(tokenId, creationTime - offsetOf(work));
      }
    } catch {
      // A listing that fails proves nothing: look again.
    }
    if (unaccounted(lost, found) === 0) break;
  }
}

const offsetOf = ({ context }: Work): number => context.client.serverNow() - context.now();

/** The attempts of this very mint are known to the moment. */
function attemptsOf(work: Work, lost: readonly LostAttempt[]): Attempts {
  const { context, state, wish } = work;
  const attempts = attemptsIn(state, context.limits.operationMs, wish);
  return { ...attempts, recorded: [...attempts.recorded, windowOf(work, lost)] };
}

function windowOf(work: Work, lost: readonly LostAttempt[]): { from: number; since: number } {
  const offset = offsetOf(work);
  return {
    from: lost[0]!.began + offset - CLOCK_GRACE_MS,
    since: lost.at(-1)!.ended + offset + CLOCK_GRACE_MS,
  };
}

/**
 * Where a workspace cuts comments before the nonce: a comment that ours begins with, the lifetime, and the time of a lost
 * attempt, while nobody else of this process may be given it.
 */
function alsoLost(work: Work, lost: readonly LostAttempt[]): AlsoLost {
  const { comment, lifetimeSeconds } = requestOf(work);
  const { host } = work.context.client;
  const { from, since } = windowOf(work, lost);
  return (token) => {
    const { creationTime, expiryTime, tokenId } = token;
    const isLost =
      isCutFrom(token.comment, comment) !== undefined &&
      creationTime >= from &&
      creationTime < since &&
      Math.abs(expiryTime - creationTime - lifetimeSeconds * 1000) <= CLOCK_GRACE_MS &&
      !mayBeAnothers(host, tokenId, token.comment);
    if (isLost) changesComments(host);
    return isLost;
  };
}

/** How many of the lost attempts are not known to be undone. An id counts once, for the attempt in whose time it falls. */
function unaccounted(lost: readonly LostAttempt[], found: ReadonlyMap<string, number>): number {
  const accounted = new Set<number>();
  for (const createdAt of found.values()) {
    if (createdAt < lost[0]!.began - CLOCK_GRACE_MS || createdAt > lost.at(-1)!.ended + CLOCK_GRACE_MS) continue;
    const index = lost.findLastIndex(({ began }) => createdAt >= began);
    accounted.add(Math.max(0, index));
  }
  return lost.length - accounted.size;
}
