import { serverTime, type TokenContext } from "./context";
import { bookkeepingChanged, patchNeeded, retirementsDue, rotationReasons } from "./due";
import { SavedFailure } from "./failure";
import { isRefusal } from "./identity";
import { parseComment, sameOrigin } from "./marker";
import { narrowRetiring, patch } from "./patch";
import { prove } from "./proof";
import { discardCandidates, promote, renew, retire, sweepEarlier } from "./rotation";
import { isExpired, scheduleOf } from "./schedule";
import {
  clearUnfinished,
  isUnfinished,
  type Properties,
  readInputs,
  readState,
  type TokenInputs,
  type TokenRecord,
  type TokenState,
  writeState,
} from "./state";
import { settle, sightOf } from "./sweep";
import { attemptsOf, begin, type Work } from "./work";

/**
 * Brings the token to what is wished: finishes what an earlier run left, rotates if that is due, changes comment and
 * scopes in place, and revokes what has served its overlap. A failure saves how far it came.
 */
export async function update(context: TokenContext, olds: Properties, news: Properties): Promise<{ outs: Properties }> {
  const state = readState(olds);
  const wish = readInputs(news);
  try {
    if (!onlyWrittenDown(state, wish, context.now())) await apply(begin(context, state, wish));
    state.inputs = { ...wish, origin: state.inputs.origin };
    return { outs: writeState(state, context.client.serverNow()) };
  } catch (error) {
    throw SavedFailure.of(state, news, context.client.serverNow(), error);
  }
}

/** Whether nothing has to be asked of the workspace. */
function onlyWrittenDown(state: TokenState, wish: TokenInputs, now: number): boolean {
  return (
    state.unfinished.length + state.candidates.length === 0 &&
    rotationReasons(state, wish, now).length === 0 &&
    retirementsDue(state.retiring, now).length === 0 &&
    patchNeeded(state.inputs, wish) === undefined &&
    sameOrigin(state.inputs.origin, wish.origin) &&
    bookkeepingChanged(state.inputs, wish)
  );
}

async function apply(work: Work): Promise<void> {
  const { state } = work;
  // Never what this very run replaces: its consumers have not seen the successor yet.
  const served = [...state.retiring];
  // What tokens in their overlap may do; after a PATCH that was refused, perhaps everything.
  const heldScopes = isUnfinished(state, "patch-refused") ? undefined : state.inputs.scopes;
  await settleCreations(work);
  await takeName(work);
  await settleCandidates(work);
  if (!(await rotateIfDue(work))) await patch(work);
  await narrowRetiring(work, heldScopes);
  await retire(work, served);
}

/** Sweeps what creations of unknown outcome may have left. */
async function settleCreations(work: Work): Promise<void> {
  const { context, credential, state } = work;
  for (const unknown of state.unfinished.filter((item) => item.code === "creation-unknown")) {
    try {
      const sight = await sightOf(context, credential, unknown.owner ?? "");
      const settled = await settle(context, sight, attemptsOf(work), unknown.since);
      if (settled) state.unfinished = state.unfinished.filter((item) => item !== unknown);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      context.warn(
        `A creation whose answer was lost may have left a token of ${unknown.owner}, whose list this sign-in can't ` +
          `read: ${(error as Error).message}`,
      );
    }
  }
}

/**
 * After a rename the state keeps the old name until nothing that was lost under it is left: a destroy is handed the
 * state alone, and looks for lost attempts under the name that stands there.
 */
async function takeName(work: Work): Promise<void> {
  const { state, wish } = work;
  if (sameOrigin(state.inputs.origin, wish.origin)) return;
  const searched = await sweepEarlier(work);
  if (searched && !isUnfinished(state, "creation-unknown")) state.inputs = { ...state.inputs, origin: wish.origin };
}

/** Finishes or revokes what was minted and never handed out. */
async function settleCandidates(work: Work): Promise<void> {
  const { state } = work;
  if (isUnfinished(state, "too-wide")) await discardCandidates(work);
  const candidate = state.candidates.at(-1);
  if (!candidate) {
    clearUnfinished(state, "not-proved");
    return;
  }
  if (await isDead(work, candidate)) {
    await discardCandidates(work);
    return;
  }
  await promote(work, candidate);
  await adoptWish(work, candidate);
}

/** Refused alone says little of a token that has yet to spread; but one that is listed too is not dead. */
async function isDead({ context, credential }: Work, candidate: TokenRecord): Promise<boolean> {
  if (isExpired(candidate, await serverTime(context, credential))) return true;
  if ((await prove(context, candidate.tokenValue)).verdict !== "refused") return false;
  return !(await context.list(credential)).tokens.some(({ tokenId }) => tokenId === candidate.tokenId);
}

/** Clocks and rounding of the service: a smaller difference of lifetimes is none. */
const SAME_LIFETIME_SECONDS = 60;

/**
 * A candidate was minted for the wish of an earlier run, and never handed out: once promoted it counts as the
 * rotation that was asked for. Its lifetime, comment and scopes are compared with today's wish.
 */
async function adoptWish(
  { context, credential, state, wish }: Work,
  { tokenId, ...candidate }: TokenRecord,
): Promise<void> {
  const { lifetimeSeconds } = scheduleOf(wish);
  const granted = (candidate.expiryTime - candidate.creationTime) / 1000;
  const other = candidate.expiryTime < 0 || Math.abs(granted - lifetimeSeconds) > SAME_LIFETIME_SECONDS;
  const { scopes: wished, ...rest } = wish;
  const { origin } = state.inputs;
  const listed = (await context.list(credential)).tokens.find((token) => token.tokenId === tokenId);
  // Scopes that the service grants by itself say nothing about the wish.
  const scopes = listed && !wish.autoscopeEnabled ? listed.scopes : wished;
  state.inputs = {
    ...rest,
    origin,
    ...(scopes && { scopes }),
    ...(listed && { comment: parseComment(listed.comment).comment }),
    ...(other && { lifetimeSeconds: granted }),
  };
}

async function rotateIfDue(work: Work): Promise<boolean> {
  const { context, state, wish } = work;
  if (rotationReasons(state, wish, context.now()).length === 0) return false;
  await sweepEarlier(work);
  if (state.current && isUnfinished(state, "current-gone")) {
    const proof = await prove(context, state.current.tokenValue);
    if (proof.verdict === "alive") clearUnfinished(state, "current-gone");
    if (proof.verdict === "unknown") throw proof.cause ?? new Error("no answer");
  }
  const { client } = context;
  if (rotationReasons(state, wish, client.serverNow()).length === 0) {
    const minutes = Math.round((client.clockOffsetMs ?? 0) / 60_000);
    if (minutes !== 0) {
      context.warn(
        `No rotation is due by the clock of ${client.host}: this machine's clock is ${Math.abs(minutes)} min ` +
          `${minutes > 0 ? "slow" : "fast"}. Set it right`,
      );
    }
    return false;
  }
  await renew(work);
  return true;
}
