import { knownTime, serverTime, type TokenContext } from "./context";
import { bookkeepingChanged, patchNeeded, retirementsDue, rotationReasons, sameScopes } from "./due";
import { SavedFailure } from "./failure";
import { sameOrigin } from "./marker";
import { nameOf } from "./minter";
import { narrowRetiring, patch } from "./patch";
import { prove } from "./proof";
import { discardCandidates, promote, renew, retire, sweepEarlier } from "./rotation";
import { isExpired, scheduleOf } from "./schedule";
import {
  clearUnfinished,
  isUnfinished,
  type MintedWith,
  type Properties,
  readInputs,
  readState,
  type TokenInputs,
  type TokenRecord,
  type TokenState,
  writeState,
} from "./state";
import { settle } from "./sweep";
import { begin, type Work } from "./work";

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
  const { context, credential, state, wish } = work;
  for (const unknown of state.unfinished.filter((item) => item.code === "creation-unknown")) {
    const settled = await settle(context, credential, state, unknown, wish);
    if (settled === "settled") state.unfinished = state.unfinished.filter((item) => item !== unknown);
    if (settled !== "nobody") continue;
    context.warn(
      `A creation on ${context.client.host} whose answer was lost may have left a token of ${nameOf(unknown.minter)}, ` +
        "whose list this sign-in can't read. Run `pulumi up` signed in as them, or as a workspace administrator",
    );
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

/**
 * Finishes or revokes what was minted and never handed out. A candidate was minted for what an earlier run asked for: it
 * counts as today's rotation only if it is what today's program asks for, but for the comment, which can be changed.
 */
async function settleCandidates(work: Work): Promise<void> {
  const { state, wish } = work;
  const candidate = state.candidates.at(-1);
  if (!candidate) {
    clearUnfinished(state, "not-proved");
    return;
  }
  const { mintedWith } = candidate;
  if (
    isUnfinished(state, "too-wide") ||
    !mintedWith ||
    !isAsDesired(mintedWith, wish) ||
    (await isDead(work, candidate))
  ) {
    await discardCandidates(work);
    return;
  }
  await promote(work, candidate);
  state.inputs = { ...wish, comment: mintedWith.comment, origin: state.inputs.origin };
  if (state.candidates.length > 0) await discardCandidates(work);
}

function isAsDesired({ lifetimeSeconds, scopes, autoscopeEnabled }: MintedWith, wish: TokenInputs): boolean {
  return (
    lifetimeSeconds === scheduleOf(wish).lifetimeSeconds &&
    (autoscopeEnabled ?? false) === (wish.autoscopeEnabled ?? false) &&
    (scopes === undefined) === (wish.scopes === undefined) &&
    sameScopes(scopes, wish.scopes)
  );
}

/** Refused alone says little of a token that has yet to spread; but one that is listed too is not dead. */
async function isDead({ context, credential }: Work, candidate: TokenRecord): Promise<boolean> {
  if (isExpired(candidate, await serverTime(context, credential))) return true;
  if ((await prove(context, candidate.tokenValue)).verdict !== "refused") return false;
  return !(await context.list(credential)).tokens.some(({ tokenId }) => tokenId === candidate.tokenId);
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
  await knownTime(context, work.credential);
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
