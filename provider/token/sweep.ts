import type { Credential } from "../credentials";
import { DatabricksTokensError } from "../errors";
import { revokeToken, type TokenInfo } from "../workspace";
import type { TokenContext } from "./context";
import { parseComment, sameOrigin, type TokenOrigin } from "./marker";

/** Whose attempts are looked for: the nonce, the origins that its markers may name, the tokens that are accounted for. */
export interface Attempts {
  readonly nonce: string;
  readonly origins: readonly TokenOrigin[];
  readonly known: ReadonlySet<string>;
}

/** Tokens that lost attempts of ours have made: our nonce and origin, and not known to the state. */
export function lostAttempts(tokens: readonly TokenInfo[], attempts: Attempts): TokenInfo[] {
  return tokens.filter((token) => {
    const { nonce, origin } = parseComment(token.comment);
    return (
      nonce === attempts.nonce &&
      origin !== undefined &&
      attempts.origins.some((ours) => sameOrigin(ours, origin)) &&
      !attempts.known.has(token.tokenId)
    );
  });
}

/**
 * Revokes what lost attempts have made, and looks again to see it gone (there is no value to prove it with).
 * Gives the ids. `fresh`: don't trust the process's shared listing.
 */
export async function sweep(
  context: TokenContext,
  credential: Credential,
  attempts: Attempts,
  fresh = false,
): Promise<string[]> {
  const found = lostAttempts((await context.list(credential, fresh)).tokens, attempts);
  if (found.length === 0) return [];
  await Promise.all(found.map((token) => revokeStray(context, credential, token.tokenId)));
  for (let pause = 500; ; pause = Math.min(pause * 2, 5_000)) {
    const left = lostAttempts((await context.list(credential, true)).tokens, attempts);
    if (left.length === 0) return found.map((token) => token.tokenId);
    if (context.now() + pause >= context.deadline) {
      throw new DatabricksTokensError(
        "REVOCATION_NOT_CONFIRMED",
        `${left.length} token(s) of a lost attempt are still listed on ${context.client.host} after their revocation. ` +
          "Run the command again: it goes on from here",
      );
    }
    await context.sleep(pause);
  }
}

async function revokeStray(context: TokenContext, credential: Credential, tokenId: string): Promise<void> {
  try {
    await revokeToken(context.client, credential, tokenId, context.deadline);
  } catch (error) {
    if (!(error instanceof DatabricksTokensError && error.code === "NOT_FOUND")) throw error;
  }
}
