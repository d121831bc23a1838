import { hasCode, isRefusal } from "../errors";
import { quote } from "../http/quote";
import type { Properties } from "../pulumi/wire";
import { knownTime, type TokenContext } from "../session/context";
import { asAnybody } from "../session/identity";
import { askerOf, nameOf, sameMinter } from "../session/minter";
import { prove } from "../session/proof";
import type { Credential } from "../sign-in";
import type { TokenInfo } from "../workspace";
import { sameScopes } from "./due";
import { listingOf } from "./listing";
import { attemptsIn, judge, perhapsLost } from "./lost";
import { parseComment } from "./marker";
import { isExpired } from "./schedule";
import { readState, type TokenRecord, type TokenState, writeState } from "./state";
import { clearUnfinished, markUnfinished } from "./unfinished";

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
  let time: number | undefined;
  const listed = await asAnybody(context, async (credential) => {
    const own = (await context.list(credential)).tokens;
    time = await knownTime(context, credential);
    await clearSettled(context, credential, state);
    return current && (find(own, current) ?? (await lookAtOwners(context, credential, state, current)));
  });
  if (current && listed === "absent") await judgeAbsence(context, state, current);
  else if (listed && listed !== "absent" && listed !== "hidden") compare(state, listed, time);
  return { id, props: { ...writeState(state, context.client.serverNow()), __provider: props["__provider"] } };
}

const find = (tokens: readonly TokenInfo[], { tokenId }: TokenRecord): TokenInfo | undefined =>
  tokens.find((token) => token.tokenId === tokenId);

/**
 * A creation of unknown outcome whose list shows nothing of it, and can't lag behind any more, made nothing. What it did
 * make is left to the next `up` or destroy: a refresh revokes nothing.
 */
async function clearSettled(context: TokenContext, credential: Credential, state: TokenState): Promise<void> {
  const { client, limits } = context;
  const attempts = attemptsIn(state, limits.operationMs);
  for (const unknown of state.unfinished.filter(({ code }) => code === "creation-unknown")) {
    const listing = await listingOf(context, credential, unknown.minter, state);
    const after = unknown.since + limits.listLagMs;
    if (!listing || client.clockOffsetMs === undefined || client.serverNow() <= after) continue;
    const tokens = await listing.tokens(context.now() - (client.serverNow() - after));
    const now = client.serverNow();
    if (tokens.some((token) => judge(token, attempts, now) === "lost" || perhapsLost(token, attempts, now))) continue;
    state.unfinished = state.unfinished.filter((item) => item !== unknown);
  }
}

/** Looks at the list of whoever minted the token, if that is somebody else: an administrator may. */
async function lookAtOwners(
  context: TokenContext,
  credential: Credential,
  { inputs }: TokenState,
  current: TokenRecord,
): Promise<TokenInfo | "absent" | "hidden"> {
  const { minter } = current;
  if (!minter || sameMinter(askerOf(await context.whoIs(credential), inputs.nonce), minter)) return "absent";
  try {
    return find((await context.list(credential, { minter })).tokens, current) ?? "absent";
  } catch (error) {
    if (!isRefusal(error) && !hasCode(error, "NOT_SUPPORTED")) throw error;
    context.warn(
      `Token ${quote(current.tokenId)} on ${context.client.host} belongs to ${nameOf(minter)}, whose list this sign-in can't ` +
        "read: kept as it is",
    );
    return "hidden";
  }
}

/** `time` is the workspace's; undefined: it is not known, and then nothing has expired. */
function compare(state: TokenState, listed: TokenInfo, time: number | undefined): void {
  if (time !== undefined && isExpired(listed, time)) markUnfinished(state, "current-gone", time);
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
      `Token ${quote(current.tokenId)} is not listed, and ${context.client.host} did not say whether it is dead: kept`,
    );
  }
}
