import { DatabricksTokensError, type ErrorCode } from "../errors";
import type { TokenContext } from "./context";
import { asAnybody, isRefusal } from "./identity";
import { revokeAndProve, revokeUnproved } from "./revoke";
import { knownIds, type Properties, readState, type TokenState } from "./state";
import { ownSight, settle, sightOf, sweep } from "./sweep";

/**
 * Revokes every token of the resource, lost attempts included, and succeeds only once each is proved dead. After a
 * failure Pulumi keeps the resource, and the next destroy goes on.
 */
export async function deleteToken(context: TokenContext, props: Properties): Promise<void> {
  const state = readState(props);
  const { current, candidates, retiring, owner } = state;
  const results = await Promise.allSettled([
    ...[...(current ? [current] : []), ...retiring].map((token) =>
      revokeAndProve(context, token, context.credentials, owner),
    ),
    ...candidates.map((token) => revokeUnproved(context, token, context.credentials, owner)),
    sweepLost(context, state),
  ]);
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw withWayOut(failed.reason, state.inputs.host);
}

/** Revokes what lost attempts left. Where their outcome is unknown, it looks until nothing can turn up any more. */
async function sweepLost(context: TokenContext, state: TokenState): Promise<void> {
  const attempts = { nonce: state.inputs.nonce, origins: [state.inputs.origin], known: knownIds(state) };
  const unknown = state.unfinished.find((item) => item.code === "creation-unknown");
  try {
    await asAnybody(context, async (credential) => {
      if (!unknown) return void (await sweep(context, ownSight(context, credential), attempts));
      const sight = await sightOf(context, credential, state.owner);
      while (!(await settle(context, sight, attempts, unknown.since))) await waitForList(context);
    });
  } catch (error) {
    const nobody = isRefusal(error) || context.credentials.length === 0;
    if (!nobody) throw error;
    if (unknown) throw creationUnknown(context, `its owner ${state.owner}'s list can't be read`, error);
    context.warn(`Could not look for tokens of lost attempts on ${context.client.host}: ${(error as Error).message}`);
  }
}

const LIST_PAUSE_MS = 2_000;

async function waitForList(context: TokenContext): Promise<void> {
  if (context.now() + LIST_PAUSE_MS >= context.deadline) throw creationUnknown(context, "its list may lag behind");
  await context.sleep(LIST_PAUSE_MS);
}

function creationUnknown(context: TokenContext, because: string, cause?: unknown): DatabricksTokensError {
  const reason = cause instanceof DatabricksTokensError ? ` (${cause.text})` : "";
  return new DatabricksTokensError(
    "CREATION_UNKNOWN",
    `A creation on ${context.client.host} whose answer was lost may have left a token, and ${because}${reason}. ` +
      "Run the command again in a minute, signed in as the token's owner or as a workspace administrator",
    { cause },
  );
}

/** What an answer of a workspace that no longer exists looks like; so does one that can't be reached just now. */
const PERHAPS_DELETED: readonly ErrorCode[] = ["UNREACHABLE", "TLS", "WRONG_HOST"];

function withWayOut(error: unknown, host: string): unknown {
  if (!(error instanceof DatabricksTokensError && PERHAPS_DELETED.includes(error.code))) return error;
  return new DatabricksTokensError(
    error.code,
    `${error.text}. If the workspace ${host} was deleted, its tokens died with it: drop the resource with ` +
      "`pulumi state delete URN` (`pulumi stack --show-urns` lists them)",
    { cause: error },
  );
}
