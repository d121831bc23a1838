import type { Properties } from "../pulumi/wire";
import { knownTime, serverTime, type TokenContext } from "../session/context";
import { nameOf } from "../session/minter";
import { prove } from "../session/proof";
import { bookkeepingChanged, patchNeeded, retirementsDue, rotationReasons, sameScopes, sameTriggers } from "./due";
import { sameOrigin } from "./marker";
import { narrowRetiring, patch } from "./patch";
import { discardCandidates, promote, renew, retire, sweepEarlier } from "./rotation";
import { saved } from "./saved-failure";
import { isExpired, scheduleOf } from "./schedule";
import {
  type MintedWith,
  readInputs,
  readState,
  type TokenInputs,
  type TokenRecord,
  type TokenState,
  writeState,
} from "./state";
import { settle } from "./sweep";
import { clearUnfinished, isUnfinished } from "./unfinished";
import { begin, type Work } from "./work";

/**
 * Brings the token to what is desired: finishes what an earlier run left, rotates if that is due, changes comment and
 * scopes in place, and revokes what has served its overlap. A failure saves how far it came.
 */
export async function update(context: TokenContext, olds: Properties, news: Properties): Promise<{ outs: Properties }> {
  const state = readState(olds);
  const desired = readInputs(news);
  try {
    if (!onlyStateChanged(state, desired, context.now())) await apply(begin(context, state, desired));
    state.inputs = { ...desired, origin: state.inputs.origin };
    return { outs: writeState(state, context.client.serverNow()) };
  } catch (error) {
    throw saved(state, news, context.client.serverNow(), error);
  }
}

/** Whether nothing has to be asked of the workspace. */
function onlyStateChanged(state: TokenState, desired: TokenInputs, now: number): boolean {
  return (
    state.unfinished.length + state.candidates.length === 0 &&
    rotationReasons(state, desired, now).length === 0 &&
    retirementsDue(state.retiring, now).length === 0 &&
    patchNeeded(state.inputs, desired) === undefined &&
    sameOrigin(state.inputs.origin, desired.origin) &&
    bookkeepingChanged(state.inputs, desired)
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
  const { context, credential, state, desired } = work;
  for (const unknown of state.unfinished.filter((item) => item.code === "creation-unknown")) {
    const settled = await settle(context, credential, state, unknown, desired);
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
  const { state, desired } = work;
  if (sameOrigin(state.inputs.origin, desired.origin)) return;
  const searched = await sweepEarlier(work);
  if (searched && !isUnfinished(state, "creation-unknown")) state.inputs = { ...state.inputs, origin: desired.origin };
}

/**
 * Finishes or revokes what was minted and never handed out. A candidate was minted for what an earlier run asked for: it
 * counts as today's rotation only if it is what today's program asks for, but for the comment, which can be changed.
 */
async function settleCandidates(work: Work): Promise<void> {
  const { state, desired } = work;
  const candidate = state.candidates.at(-1);
  if (!candidate) {
    clearUnfinished(state, "not-proved");
    return;
  }
  const { mintedWith } = candidate;
  if (
    isUnfinished(state, "too-wide") ||
    !mintedWith ||
    !isAsDesired(mintedWith, desired) ||
    (await isDead(work, candidate))
  ) {
    await discardCandidates(work);
    return;
  }
  await promote(work, candidate);
  state.inputs = { ...desired, comment: mintedWith.comment, origin: state.inputs.origin };
  if (state.candidates.length > 0) await discardCandidates(work);
}

function isAsDesired(
  { lifetimeSeconds, scopes, autoscopeEnabled, triggers }: MintedWith,
  desired: TokenInputs,
): boolean {
  return (
    sameTriggers(triggers, desired.triggers) &&
    lifetimeSeconds === scheduleOf(desired).lifetimeSeconds &&
    (autoscopeEnabled ?? false) === (desired.autoscopeEnabled ?? false) &&
    (scopes === undefined) === (desired.scopes === undefined) &&
    sameScopes(scopes, desired.scopes)
  );
}

/** Refused alone says little of a token that has yet to spread; but one that is listed too is not dead. */
async function isDead({ context, credential }: Work, candidate: TokenRecord): Promise<boolean> {
  if (isExpired(candidate, await serverTime(context, credential))) return true;
  if ((await prove(context, candidate.tokenValue)).verdict !== "refused") return false;
  return !(await context.list(credential)).tokens.some(({ tokenId }) => tokenId === candidate.tokenId);
}

async function rotateIfDue(work: Work): Promise<boolean> {
  const { context, state, desired } = work;
  if (rotationReasons(state, desired, context.now()).length === 0) return false;
  await sweepEarlier(work);
  if (state.current && isUnfinished(state, "current-gone")) {
    const proof = await prove(context, state.current.tokenValue);
    if (proof.verdict === "alive") clearUnfinished(state, "current-gone");
    if (proof.verdict === "unknown") throw proof.cause ?? new Error("no answer");
  }
  const { client } = context;
  await knownTime(context, work.credential);
  if (rotationReasons(state, desired, client.serverNow()).length === 0) {
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
