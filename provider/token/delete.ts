import type { Credential } from "../credentials";
import { DatabricksTokensError, type ErrorCode } from "../errors";
import type { TokenContext } from "./context";
import { asAnybody, isRefusal } from "./identity";
import { itself } from "./proof";
import { revokeAndProve, revokeUnproved } from "./revoke";
import { knownIds, ownersOf, type Properties, readState, type TokenState, type Unfinished } from "./state";
import { type Attempts, settle, sightOf, sweepOwners } from "./sweep";

/**
 * Revokes every token of the resource, lost attempts included, and succeeds only once each is proved dead. After a
 * failure Pulumi keeps the resource, and the next destroy goes on.
 */
export async function deleteToken(context: TokenContext, props: Properties): Promise<void> {
  const state = readState(props);
  const { current, candidates, retiring, owner, unfinished } = state;
  // First, while the resource's own tokens can still ask for their owner's list.
  const [swept] = await Promise.allSettled([sweepLost(context, state)]);
  const results = await Promise.allSettled([
    ...(current ? [revokeAndProve(context, current, context.credentials, owner)] : []),
    ...retiring.map((token) => revokeAndProve(context, token, context.credentials, token.owner)),
    ...candidates.map((token) => revokeUnproved(context, token, context.credentials, token.owner)),
    ...unfinished
      .filter((item) => item.code === "creation-unknown")
      .map((item) => settleUnknown(context, attemptsOf(state), item)),
  ]);
  const failed = [...results, swept].find((result) => result.status === "rejected");
  if (failed) throw withWayOut(failed.reason, state.inputs.host);
}

const attemptsOf = (state: TokenState): Attempts => ({
  nonce: state.inputs.nonce,
  origins: [state.inputs.origin],
  known: knownIds(state),
});

/** Revokes what lost attempts have left, as far as anybody sees it: those who sign in, or the resource's own tokens. */
async function sweepLost(context: TokenContext, state: TokenState): Promise<void> {
  const own = [...(state.current ? [state.current] : []), ...state.retiring];
  const themselves = own.map(
    (token): Credential => ({ ...itself(token.tokenValue), identityKey: `token ${token.tokenId}` }),
  );
  let because = "";
  for (const identity of [...context.credentials, ...themselves]) {
    try {
      const hidden = await sweepOwners(context, identity, ownersOf(state), attemptsOf(state));
      if (hidden.length === 0) return;
      because = `this sign-in may not see the tokens of ${hidden.join(", ")}`;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      because ||= (error as DatabricksTokensError).text;
    }
  }
  because ||= context.noCredentials?.message ?? "there is no sign-in";
  context.warn(`Could not look for tokens of lost attempts on ${context.client.host}: ${because}`);
}

const LIST_PAUSE_MS = 2_000;

/** Looks for a creation of unknown outcome until nothing of it can turn up any more. */
async function settleUnknown(context: TokenContext, attempts: Attempts, unknown: Unfinished): Promise<void> {
  const { host } = context.client;
  const stillUnknown = (because: string, cause?: unknown): DatabricksTokensError =>
    new DatabricksTokensError(
      "CREATION_UNKNOWN",
      `A creation on ${host} whose answer was lost may have left a token of ${unknown.owner ?? "an unknown user"}: ` +
        `${because}. Run the command again in a minute, signed in as that user or as a workspace administrator`,
      { cause },
    );
  try {
    await asAnybody(context, async (credential) => {
      const sight = await sightOf(context, credential, unknown.owner ?? "");
      while (!(await settle(context, sight, attempts, unknown.since))) {
        if (context.now() + LIST_PAUSE_MS >= context.deadline) throw stillUnknown("its list may lag behind");
        await context.sleep(LIST_PAUSE_MS);
      }
    });
  } catch (error) {
    const nobody = isRefusal(error) || context.credentials.length === 0;
    throw nobody ? stillUnknown((error as Error).message, error) : error;
  }
}

/** What an answer of a workspace that no longer exists looks like; so does one that can't be reached just now. */
const PERHAPS_DELETED: readonly ErrorCode[] = ["UNREACHABLE", "TLS", "WRONG_HOST", "TIMEOUT"];

function withWayOut(error: unknown, host: string): unknown {
  if (!(error instanceof DatabricksTokensError && PERHAPS_DELETED.includes(error.code))) return error;
  return new DatabricksTokensError(
    error.code,
    `${error.text}. If the workspace ${host} was deleted, its tokens died with it: drop the resource with ` +
      "`pulumi state delete URN` (`pulumi stack --show-urns` lists them)",
    { cause: error },
  );
}
