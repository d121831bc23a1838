import { DatabricksTokensError, isRefusal } from "../errors";
import { quote } from "../http/quote";
import { as } from "../session/context";
import { prove } from "../session/proof";
import { patchToken, patchTokenOfAnybody, type TokenChange } from "../workspace";
import { narrows, patchNeeded } from "./due";
import { markComment } from "./marker";
import { renew, sweepEarlier } from "./rotation";
import { isExpired } from "./schedule";
import type { TokenRecord } from "./state";
import { clearUnfinished, markUnfinished } from "./unfinished";
import type { Work } from "./work";

/** Changes comment and scopes in place; where the workspace or the token no longer allows that, by a rotation. */
export async function patch(work: Work): Promise<void> {
  const { state, desired } = work;
  const { current } = state;
  const change = patchNeeded(state.inputs, desired);
  if (!change || !current) return;
  // The marker goes with every PATCH, so that one that is stale after a rename is mended.
  const body = { ...change, comment: markComment(desired.comment ?? "", desired.origin, desired.nonce) };
  const outcome = await patchOne(work, current, body);
  if (outcome !== "done") {
    if (outcome === "gone") markUnfinished(state, "current-gone", work.context.client.serverNow());
    await sweepEarlier(work);
    await renew(work);
  }
  state.inputs = { ...state.inputs, ...change };
}

/**
 * Takes scopes that are taken from a token (it had `heldScopes`; absent: perhaps all) from those in their overlap as
 * well. A failure is a warning, and left to do: the rotation or change itself has gone through.
 */
export async function narrowRetiring(work: Work, heldScopes: readonly string[] | undefined): Promise<void> {
  const { context, state, desired } = work;
  const { scopes } = desired;
  clearUnfinished(state, "patch-refused");
  if (!scopes || !narrows(heldScopes, scopes)) return;
  const alive = state.retiring.filter((token) => !isExpired(token, context.client.serverNow()));
  const outcomes = await Promise.all(
    alive.map((token) => patchOne(work, token, { scopes }).catch((error: Error) => error)),
  );
  for (const outcome of outcomes) {
    if (outcome instanceof Error) context.warn(`A replaced token keeps its wider scopes for now: ${outcome.message}`);
  }
  if (!outcomes.includes("not-supported")) return;
  context.warn(
    `${context.client.host} can't change scopes in place: a replaced token keeps its scopes until its overlap ends. ` +
      "To cut it off at once, run `pulumi up --replace`",
  );
}

/** As the token's owner, or else as an administrator. What fails otherwise is left to do. */
async function patchOne(
  work: Work,
  token: TokenRecord,
  change: TokenChange,
): Promise<"done" | "gone" | "not-supported"> {
  const { context, credential, state } = work;
  const caller = as(context, credential);
  try {
    await patchToken(caller, token.tokenId, change);
    return "done";
  } catch (error) {
    const failed = (reason: unknown): unknown => {
      markUnfinished(state, "patch-refused", context.client.serverNow());
      return reason;
    };
    const code = error instanceof DatabricksTokensError ? error.code : undefined;
    if (code === "NOT_SUPPORTED") return "not-supported";
    if (code !== "NOT_FOUND") throw failed(error);
    if ((await prove(context, token.tokenValue)).verdict === "refused") return "gone";
    await patchTokenOfAnybody(caller, token.tokenId, change).catch((refusal: unknown) => {
      throw failed(isRefusal(refusal) ? notOwned(work, token, refusal) : refusal);
    });
    return "done";
  }
}

function notOwned({ context, state }: Work, { tokenId }: TokenRecord, cause: unknown): DatabricksTokensError {
  const owner = quote(state.owner) || "another identity";
  return new DatabricksTokensError(
    "PATCH_REFUSED",
    `Token ${quote(tokenId)} on ${context.client.host} is alive, but belongs to ${owner}: only its owner or a workspace ` +
      `administrator can change its comment and scopes. Sign in as ${owner}, or change triggers to get a token of your own`,
    { cause },
  );
}
