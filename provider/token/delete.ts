import { DatabricksTokensError, hasCode, isRefusal, PERHAPS_DELETED } from "../errors";
import type { Properties } from "../pulumi/wire";
import type { TokenContext } from "../session/context";
import { type Minter, nameOf, sameMinter } from "../session/minter";
import { itself } from "../session/proof";
import type { Credential } from "../sign-in";
import { revokeAndProve, revokeUnproved } from "./revoke";
import { readState, type TokenState, timestamp } from "./state";
import { endOf, type Settled, settle, sweepMinters } from "./sweep";
import type { Unfinished } from "./unfinished";

/**
 * Revokes every token of the resource, lost attempts included, and succeeds only once each is proved dead. After a
 * failure Pulumi keeps the resource, and the next destroy goes on.
 */
export async function deleteToken(context: TokenContext, props: Properties): Promise<void> {
  const state = readState(props);
  // First, while the resource's own tokens can still ask for their owner's list.
  const [lost] = await Promise.allSettled([endLostAttempts(context, state)]);
  if (lost.status === "rejected" && lost.reason instanceof StillNeeded) throw withWayOut(lost.reason.cause, state);
  const { current, candidates, retiring, inputs } = state;
  const results = await Promise.allSettled([
    ...[...(current ? [current] : []), ...retiring].map((token) =>
      revokeAndProve(context, token, context.credentials, inputs.nonce),
    ),
    ...candidates.map((token) => revokeUnproved(context, token, context.credentials, inputs.nonce)),
  ]);
  const failed = [...results, lost].find((result) => result.status === "rejected");
  if (failed) throw withWayOut(failed.reason, state);
}

/** Only the resource's own tokens see what a lost attempt may have left: they are not revoked before it has shown. */
class StillNeeded extends Error {}

/** Who can be asked for a list: those who sign in, then the tokens of the resource. */
interface Asker {
  readonly credential: Credential;
  readonly isOwnToken: boolean;
}

const LIST_PAUSE_MS = 2_000;

/**
 * Revokes what lost attempts have left: what turns up in the lists of everybody who minted, and what creations of unknown
 * outcome made, until nothing of them can turn up any more.
 * @throws CREATION_UNKNOWN where nobody sees that.
 */
async function endLostAttempts(context: TokenContext, state: TokenState): Promise<void> {
  const askers = askersOf(context, state);
  await sweepAsAnybody(context, askers, state);
  for (const unknown of state.unfinished.filter(({ code }) => code === "creation-unknown")) {
    await settleAsAnybody(context, askers, state, unknown);
  }
}

function askersOf(context: TokenContext, { current, retiring }: TokenState): Asker[] {
  const own = [...(current ? [current] : []), ...retiring];
  return [
    ...context.credentials.map((credential) => ({ credential, isOwnToken: false })),
    ...own.map((token) => ({
      credential: { ...itself(token.tokenValue), identityKey: `token ${token.tokenId}` },
      isOwnToken: true,
    })),
  ];
}

/** Sweeps every minter's list that somebody sees; whose tokens nobody sees is a warning. */
async function sweepAsAnybody(context: TokenContext, askers: readonly Asker[], state: TokenState): Promise<void> {
  let hidden: Minter[] | undefined;
  let because = context.noCredentials?.message ?? "there is no sign-in";
  for (const { credential } of askers) {
    try {
      const unseen = await sweepMinters(context, credential, state);
      hidden = hidden ? hidden.filter((minter) => unseen.some((other) => sameMinter(other, minter))) : unseen;
      if (hidden.length === 0) return;
      because = `this sign-in may not see the tokens of ${hidden.map(nameOf).join(", ")}`;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (!hidden) because = (error as DatabricksTokensError).text;
    }
  }
  context.warn(`Could not look for tokens of lost attempts on ${context.client.host}: ${because}`);
}

async function settleAsAnybody(
  context: TokenContext,
  askers: readonly Asker[],
  state: TokenState,
  unknown: Unfinished,
): Promise<void> {
  let refusal: unknown = context.noCredentials;
  for (const { credential, isOwnToken } of askers) {
    try {
      const settled = await settleUntil(context, credential, state, unknown);
      if (settled === "settled") return;
      if (settled === "nobody") continue;
      const error = stillUnknown(context, state, unknown, "the list may lag behind");
      throw isOwnToken ? new StillNeeded(error.message, { cause: error }) : error;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      refusal ??= error;
    }
  }
  const because = refusal instanceof DatabricksTokensError ? refusal.text : "no list at hand would show it";
  throw stillUnknown(context, state, unknown, because, refusal);
}

/** Asks again until the list can't lag behind any more, or the operation must be over. */
async function settleUntil(
  context: TokenContext,
  credential: Credential,
  state: TokenState,
  unknown: Unfinished,
): Promise<Settled> {
  for (;;) {
    const settled = await settle(context, credential, state, unknown);
    if (settled !== "later" || context.now() + LIST_PAUSE_MS >= context.deadline) return settled;
    await context.sleep(LIST_PAUSE_MS);
  }
}

function stillUnknown(
  { client }: TokenContext,
  state: TokenState,
  unknown: Unfinished,
  because: string,
  cause?: unknown,
): DatabricksTokensError {
  const { minter, since } = unknown;
  return new DatabricksTokensError(
    "CREATION_UNKNOWN",
    `The answer to a creation on ${client.host} of ${timestamp(since)} was lost, and it may have left a token of ` +
      `${nameOf(minter)}: ${because}. Run the command again in a minute, signed in as ${minter ? nameOf(minter) : "whoever ran it"}, ` +
      `or have a workspace administrator run it: their list shows everybody's tokens. ` +
      `By itself it ends at ${timestamp(endOf(unknown, state))}, an hour after such a token would have expired`,
    { cause },
  );
}

function withWayOut(error: unknown, { inputs: { host } }: TokenState): unknown {
  if (!hasCode(error, ...PERHAPS_DELETED)) return error;
  return new DatabricksTokensError(
    error.code,
    `${error.text}. If the workspace ${host} was deleted, its tokens died with it: drop the resource with ` +
      "`pulumi state delete URN` (`pulumi stack --show-urns` lists them)",
    { cause: error },
  );
}
