import type { Credential } from "../credentials";
import { DatabricksTokensError } from "../errors";
import { patchToken } from "../workspace";
import { configured, type TokenContext } from "./context";
import { bookkeepingChanged, patchNeeded, retirementsDue, rotationReasons } from "./due";
import { SavedFailure } from "./failure";
import { markComment, parseComment, type TokenOrigin } from "./marker";
import { prove } from "./proof";
import { discardCandidates, promote, renew, retire } from "./rotation";
import { isExpired } from "./schedule";
import {
  clearUnfinished,
  isUnfinished,
  knownIds,
  markUnfinished,
  type Properties,
  readInputs,
  readState,
  type TokenInputs,
  type TokenState,
  writeState,
} from "./state";
import { sweep } from "./sweep";

/**
 * Brings the token to what is wished: finishes what an earlier run left, rotates if that is due, changes comment and
 * scopes in place, and revokes what has served its overlap. A failure saves how far it came.
 */
export async function update(context: TokenContext, olds: Properties, news: Properties): Promise<{ outs: Properties }> {
  const state = readState(olds);
  const wish = readInputs(news);
  try {
    await apply(context, state, wish);
  } catch (error) {
    throw SavedFailure.of(state, news, context.client.serverNow(), error);
  }
  state.inputs = wish;
  return { outs: writeState(state, context.client.serverNow()) };
}

async function apply(context: TokenContext, state: TokenState, wish: TokenInputs): Promise<void> {
  const onlyWrittenDown =
    state.unfinished.length + state.candidates.length === 0 &&
    rotationReasons(state, wish, context.now()).length === 0 &&
    retirementsDue(state.retiring, context.now()).length === 0 &&
    patchNeeded(state.inputs, wish) === undefined &&
    bookkeepingChanged(state.inputs, wish);
  if (onlyWrittenDown) return;

  const credential = configured(context);
  const origins = [state.inputs.origin, wish.origin];
  // Never what this very run replaces: its consumers have not seen the successor yet.
  const served = [...state.retiring];

  await settle(context, credential, state, wish, origins);
  const rotated = await rotateIfDue(context, credential, state, wish, origins);
  if (!rotated) await patch(context, credential, state, wish, origins);
  await retire(context, credential, state, served);
}

/** Finishes what an earlier run left: lost attempts, tokens that are too wide, candidates without a proof. */
async function settle(
  context: TokenContext,
  credential: Credential,
  state: TokenState,
  wish: TokenInputs,
  origins: readonly TokenOrigin[],
): Promise<void> {
  const unknown = state.unfinished.find((item) => item.code === "creation-unknown");
  if (unknown) {
    await sweep(context, credential, { nonce: wish.nonce, origins, known: knownIds(state) });
    if (context.now() - unknown.since > context.limits.listLagMs) clearUnfinished(state, "creation-unknown");
  }
  if (isUnfinished(state, "too-wide")) await discardCandidates(context, credential, state);
  const candidate = state.candidates.at(-1);
  if (!candidate) {
    clearUnfinished(state, "not-proved");
    return;
  }
  const dead = isExpired(candidate, context.client.serverNow());
  const proof = dead ? undefined : await prove(context, candidate.tokenValue, context.deadline);
  if (dead || proof?.verdict === "refused") {
    await discardCandidates(context, credential, state);
    return;
  }
  await promote(context, credential, state, candidate, wish);
  await adoptWish(context, credential, state, candidate.tokenId, wish);
}

/**
 * A candidate was minted for the wish of an earlier run, and never handed out: once promoted it counts as the
 * rotation that was asked for. Its lifetime, comment and scopes are compared with today's wish.
 */
async function adoptWish(
  context: TokenContext,
  credential: Credential,
  state: TokenState,
  tokenId: string,
  wish: TokenInputs,
): Promise<void> {
  const listed = (await context.list(credential)).tokens.find((token) => token.tokenId === tokenId);
  const { comment: _comment, scopes: _scopes, lifetimeSeconds: _lifetime, ...rest } = wish;
  const lifetime = listed && listed.expiryTime >= 0 ? (listed.expiryTime - listed.creationTime) / 1000 : undefined;
  state.inputs = {
    ...rest,
    ...(listed
      ? { comment: parseComment(listed.comment).comment, ...(listed.scopes && { scopes: listed.scopes }) }
      : { ...(wish.comment !== undefined && { comment: wish.comment }), ...(wish.scopes && { scopes: wish.scopes }) }),
    ...(lifetime !== undefined && { lifetimeSeconds: lifetime }),
  };
}

async function rotateIfDue(
  context: TokenContext,
  credential: Credential,
  state: TokenState,
  wish: TokenInputs,
  origins: readonly TokenOrigin[],
): Promise<boolean> {
  if (rotationReasons(state, wish, context.now()).length === 0) return false;
  await sweep(context, credential, { nonce: wish.nonce, origins, known: knownIds(state) });
  if (state.current && isUnfinished(state, "current-gone")) {
    const proof = await prove(context, state.current.tokenValue, context.deadline);
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
  await renew(context, credential, state, wish, origins);
  return true;
}

async function patch(
  context: TokenContext,
  credential: Credential,
  state: TokenState,
  wish: TokenInputs,
  origins: readonly TokenOrigin[],
): Promise<void> {
  const change = patchNeeded(state.inputs, wish);
  clearUnfinished(state, "patch-refused");
  if (!change || !state.current) return;
  const { client, deadline } = context;
  // The marker goes with every PATCH, so that one that is stale after a rename is mended.
  const body = { ...change, comment: markComment(wish.comment ?? "", wish.origin, wish.nonce) };
  try {
    await patchToken(client, credential, state.current.tokenId, body, deadline);
    const { scopes } = change;
    if (scopes) {
      await Promise.all(
        state.retiring
          .filter((token) => !isExpired(token, client.serverNow()))
          .map((token) => patchToken(client, credential, token.tokenId, { scopes }, deadline).catch(ignoreNotFound)),
      );
    }
  } catch (error) {
    if (error instanceof DatabricksTokensError && error.code === "NOT_SUPPORTED") {
      await sweep(context, credential, { nonce: wish.nonce, origins, known: knownIds(state) });
      await renew(context, credential, state, wish, origins);
      return;
    }
    markUnfinished(state, "patch-refused", client.serverNow());
    throw error;
  }
  state.inputs = { ...state.inputs, ...change };
}

function ignoreNotFound(error: unknown): void {
  if (!(error instanceof DatabricksTokensError && error.code === "NOT_FOUND")) throw error;
}
