import type { Credential } from "../credentials";
import { DatabricksTokensError } from "../errors";
import type { TokenInfo } from "../workspace";
import type { TokenContext } from "./context";
import { sameScopes } from "./due";
import { asAnybody, isRefusal } from "./identity";
import { parseComment } from "./marker";
import { prove } from "./proof";
import { isExpired } from "./schedule";
import {
  clearUnfinished,
  markUnfinished,
  type Properties,
  readState,
  type TokenRecord,
  type TokenState,
  writeState,
} from "./state";

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
  const { current } = state;
  const listed = await asAnybody(context, async (credential) => {
    const own = (await context.list(credential)).tokens;
    return current && (find(own, current) ?? (await lookAtOwners(context, credential, state, current)));
  });
  if (current && listed === "absent") await judgeAbsence(context, state, current);
  else if (listed && listed !== "absent" && listed !== "hidden") compare(context, state, listed);
  return { id, props: { ...writeState(state, context.client.serverNow()), __provider: props["__provider"] } };
}

const find = (tokens: readonly TokenInfo[], { tokenId }: TokenRecord): TokenInfo | undefined =>
  tokens.find((token) => token.tokenId === tokenId);

/** Looks at the list of the token's owner, if that is somebody else: an administrator may. */
async function lookAtOwners(
  context: TokenContext,
  credential: Credential,
  { owner }: TokenState,
  current: TokenRecord,
): Promise<TokenInfo | "absent" | "hidden"> {
  const asker = owner === "" ? undefined : await context.userName(credential);
  if (asker === undefined || asker === owner) return "absent";
  try {
    return find((await context.list(credential, { owner })).tokens, current) ?? "absent";
  } catch (error) {
    if (!isRefusal(error) && !(error instanceof DatabricksTokensError && error.code === "NOT_SUPPORTED")) throw error;
    context.warn(
      `Token ${current.tokenId} on ${context.client.host} belongs to ${owner}, but the sign-in is ${asker}, whose list ` +
        "can't show it: kept as it is",
    );
    return "hidden";
  }
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

async function judgeAbsence(context: TokenContext, state: TokenState, current: TokenRecord): Promise<void> {
  const { verdict } = await prove(context, current.tokenValue);
  if (verdict === "refused") markUnfinished(state, "current-gone", context.client.serverNow());
  if (verdict === "alive") clearUnfinished(state, "current-gone");
  if (verdict === "unknown") {
    context.warn(
      `Token ${current.tokenId} is not listed, and ${context.client.host} did not say whether it is dead: kept`,
    );
  }
}
