import type { Credential } from "../credentials";
import { DatabricksTokensError } from "../errors";
import type { TokenInfo } from "../workspace";
import { configured, type Listing, type TokenContext } from "./context";
import { sameScopes } from "./due";
import { parseComment } from "./marker";
import { prove } from "./proof";
import { isExpired } from "./schedule";
import { clearUnfinished, markUnfinished, type Properties, readState, type TokenState, writeState } from "./state";

/**
 * Compares the state with the workspace. It never drops the resource: a current token that is gone is marked, and the
 * next `up` rotates in place. Gone = absent from its owner's list **and** refused; nothing less counts.
 */
export async function read(
  context: TokenContext,
  id: string,
  props: Properties,
): Promise<{ id: string; props: Properties }> {
  const state = readState(props);
  const { listing, credential } = await listAsAnybody(context);
  if (state.current) {
    const listed = listing.tokens.find((token) => token.tokenId === state.current?.tokenId);
    if (listed) compare(context, state, listed);
    else await judgeAbsence(context, credential, state);
  }
  return { id, props: { ...writeState(state, context.client.serverNow()), __provider: props["__provider"] } };
}

/** Lists with the first credential that the workspace accepts. */
async function listAsAnybody(context: TokenContext): Promise<{ listing: Listing; credential: Credential }> {
  let refusal: unknown;
  for (const credential of context.credentials) {
    try {
      return { listing: await context.list(credential), credential };
    } catch (error) {
      if (!isRefusal(error)) throw error;
      refusal ??= error;
    }
  }
  throw refusal ?? configured(context);
}

/** A credential that can't be used, as opposed to a workspace that can't be asked. */
export function isRefusal(error: unknown): boolean {
  const codes = ["CREDENTIAL_REFUSED", "NOT_A_MEMBER", "PERMISSION_DENIED", "SCOPE_MISSING", "TOKENS_DISABLED"];
  return error instanceof DatabricksTokensError && codes.includes(error.code);
}

function compare(context: TokenContext, state: TokenState, listed: TokenInfo): void {
  if (isExpired(listed, context.client.serverNow())) markUnfinished(state, "current-gone", context.client.serverNow());
  else clearUnfinished(state, "current-gone");
  const { comment } = parseComment(listed.comment);
  const { inputs } = state;
  if (comment !== (inputs.comment ?? "")) state.inputs = { ...state.inputs, comment };
  // Scopes that the service grants by itself are no drift.
  const drifted = inputs.scopes !== undefined && !inputs.autoscopeEnabled && !sameScopes(inputs.scopes, listed.scopes);
  if (drifted) state.inputs = { ...state.inputs, scopes: listed.scopes ?? [] };
}

async function judgeAbsence(context: TokenContext, credential: Credential, state: TokenState): Promise<void> {
  const { current, owner } = state;
  if (!current) return;
  const asker = await context.userName(credential);
  if (owner !== "" && asker !== undefined && asker !== owner) {
    context.warn(
      `Token ${current.tokenId} on ${context.client.host} belongs to ${owner}, but the sign-in is ${asker}, whose list ` +
        "can't show it: kept as it is",
    );
    return;
  }
  const proof = await prove(context, current.tokenValue, context.deadline);
  if (proof.verdict === "refused") markUnfinished(state, "current-gone", context.client.serverNow());
  if (proof.verdict === "alive") clearUnfinished(state, "current-gone");
  if (proof.verdict === "unknown") {
    context.warn(
      `Token ${current.tokenId} is not listed, and ${context.client.host} did not say whether it is dead: kept`,
    );
  }
}
