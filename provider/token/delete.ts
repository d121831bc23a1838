import { DatabricksTokensError } from "../errors";
import { configured, type TokenContext } from "./context";
import { isRefusal } from "./read";
import { revokeAndProve } from "./revoke";
import { knownIds, type Properties, readState, type TokenState } from "./state";
import { sweep } from "./sweep";

/**
 * Revokes every token of the resource, lost attempts included, and succeeds only once each is proved dead. After a
 * failure Pulumi keeps the resource, and the next destroy goes on.
 */
export async function deleteToken(context: TokenContext, props: Properties): Promise<void> {
  const state = readState(props);
  await sweepAsAnybody(context, state);
  const tokens = [...(state.current ? [state.current] : []), ...state.candidates, ...state.retiring];
  const results = await Promise.allSettled(
    tokens.map((token) => revokeAndProve(context, token, context.credentials, state.owner)),
  );
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
}

async function sweepAsAnybody(context: TokenContext, state: TokenState): Promise<void> {
  const attempts = { nonce: state.inputs.nonce, origins: [state.inputs.origin], known: knownIds(state) };
  const unknown = state.unfinished.find((item) => item.code === "creation-unknown");
  let refusal: unknown = context.credentials.length === 0 ? context.noCredentials : undefined;
  for (const credential of context.credentials) {
    try {
      await sweep(context, credential, attempts);
      // "Not listed yet" is no proof of absence: look until a listing can't lag any more.
      while (unknown && context.now() - unknown.since <= context.limits.listLagMs) {
        await context.sleep(2_000);
        await sweep(context, credential, attempts, true);
      }
      return;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      refusal ??= error;
    }
  }
  if (unknown) throw refusal ?? configured(context);
  const message = refusal instanceof DatabricksTokensError ? refusal.message : "there are no credentials";
  context.warn(`Could not look for tokens of lost attempts on ${context.client.host}: ${message}`);
}
