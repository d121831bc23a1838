import type { Credential } from "../credentials";
import { DatabricksTokensError } from "../errors";
import { type Authorization, bearer, revokeToken, revokeTokenAsAdmin } from "../workspace";
import type { TokenContext } from "./context";
import { prove, proveUntil } from "./proof";
import type { TokenRecord } from "./state";

const isNotFound = (error: unknown): boolean => error instanceof DatabricksTokensError && error.code === "NOT_FOUND";

type Revocation = (deadline: number) => Promise<void>;

/**
 * Revokes a token and proves it refused. Who may: each credential as the owner, then as an administrator; last, the
 * token itself (works for tokens without scopes, or with `authentication`).
 * Throws REVOCATION_NOT_CONFIRMED if it still answers, REVOCATION_REFUSED if nobody could revoke it.
 */
export async function revokeAndProve(
  context: TokenContext,
  token: TokenRecord,
  credentials: readonly Credential[],
  owner: string,
): Promise<void> {
  const { client } = context;
  const itself = bearer(token.tokenValue, "the token itself");
  const asOwner =
    (by: Authorization): Revocation =>
    (until) =>
      revokeToken(client, by, token.tokenId, until);
  const asAdmin =
    (by: Authorization): Revocation =>
    (until) =>
      revokeTokenAsAdmin(client, by, token.tokenId, until);

  let refusal: unknown = context.noCredentials;
  for (const revocation of [...credentials.flatMap((by) => [asOwner(by), asAdmin(by)]), asOwner(itself)]) {
    try {
      await revocation(context.deadline);
    } catch (error) {
      // "Not found" may be another identity's token: only the token's own refusal says that it is dead.
      if (isNotFound(error) && (await prove(context, token.tokenValue, context.deadline)).verdict === "refused") return;
      refusal = error;
      continue;
    }
    await proveDead(context, token);
    return;
  }
  if ((await prove(context, token.tokenValue, context.deadline)).verdict === "refused") return;
  const until = token.expiryTime < 0 ? "never expires" : `expires ${new Date(token.expiryTime).toISOString()}`;
  throw new DatabricksTokensError(
    "REVOCATION_REFUSED",
    `Token ${token.tokenId} on ${client.host} could not be revoked: ${(refusal as Error | undefined)?.message ?? "nobody may"}. ` +
      `It belongs to ${owner || "an unknown user"} and ${until}. Sign in as its owner or as a workspace administrator ` +
      "and run the command again; the token is kept in the state",
    { cause: refusal },
  );
}

async function proveDead(context: TokenContext, token: TokenRecord): Promise<void> {
  const proof = await proveUntil(context, token.tokenValue, "refused", context.limits.proveDeadMs);
  if (proof.verdict === "refused") return;
  throw new DatabricksTokensError(
    "REVOCATION_NOT_CONFIRMED",
    `${context.client.host} accepted the revocation of token ${token.tokenId}, but ` +
      (proof.verdict === "alive"
        ? "the token still authenticates"
        : `did not say that it is dead (${proof.cause?.message})`) +
      ". The token is kept in the state; run the command again to finish",
    { cause: proof.cause },
  );
}
