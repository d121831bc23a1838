import { DatabricksTokensError, hasCode, isRefusal, NOBODY_CAN, SAYS_LEAST } from "../errors";
import { quote } from "../http/quote";
import { as, type TokenContext } from "../session/context";
import { askerOf, nameOf, sameMinter } from "../session/minter";
import { itself, prove, proveUntil } from "../session/proof";
import type { Credential } from "../sign-in";
import { type Authorization, revokeToken, revokeTokenOfAnybody } from "../workspace";
import { mintedAt } from "./in-flight";
import { type TokenRecord, timestamp } from "./state";

/**
 * Revokes a token and proves it refused. Who may: each credential as the owner, then as an administrator; last, the
 * token itself (works for tokens without scopes, or with `authentication`). A call that failed may have revoked it all
 * the same, and one that is answered "not found" may speak of another identity's token: only the token's own refusal
 * says that it is dead.
 * Throws REVOCATION_NOT_CONFIRMED if it still answers, REVOCATION_REFUSED if nobody could revoke it.
 */
export async function revokeAndProve(
  context: TokenContext,
  token: TokenRecord,
  credentials: readonly Credential[],
  nonce = "",
): Promise<void> {
  const failures: unknown[] = context.noCredentials ? [context.noCredentials] : [];
  let revokedBefore = false;
  for (const { revoke, wouldSee } of waysToRevoke(context, token, credentials, nonce)) {
    try {
      await revoke();
    } catch (error) {
      if ((await prove(context, token.tokenValue)).verdict === "refused") return;
      const code = error instanceof DatabricksTokensError ? error.code : undefined;
      if (code === "NOT_FOUND" && (await wouldSee())) revokedBefore = true;
      failures.push(error);
      if (hasCode(error, ...NOBODY_CAN)) break;
      continue;
    }
    return proveDead(context, token);
  }
  // Revoked by an earlier call, whose answer was lost or whose effect has yet to spread.
  if (revokedBefore) return proveDead(context, token);
  throw notRevoked(context, token, failures);
}

function mostTelling(failures: readonly unknown[]): unknown {
  const known = failures.filter((failure) => failure instanceof DatabricksTokensError);
  return (
    known.find((failure) => hasCode(failure, ...NOBODY_CAN)) ??
    known.find((failure) => !isRefusal(failure) && !hasCode(failure, ...SAYS_LEAST)) ??
    known.find((failure) => isRefusal(failure)) ??
    failures[0]
  );
}

/**
 * As `revokeAndProve`, for a token that was never seen alive: one that has yet to spread is refused like a dead one. It
 * is waited for until it answers, or until it is too old to be still on its way.
 */
export async function revokeUnproved(
  context: TokenContext,
  token: TokenRecord,
  credentials: readonly Credential[],
  nonce = "",
): Promise<void> {
  const minted = mintedAt(context.client.host, token.tokenId);
  // What this process minted is as old as the monotonic clock says; clocks of others may be off.
  const age = (): number =>
    minted === undefined ? context.client.serverNow() - token.creationTime : context.elapsed() - minted;
  const isYoung = (): boolean => age() < context.limits.proveAliveMs;
  for (let pause = 250; ; pause = Math.min(pause * 2, 5_000)) {
    const { verdict } = await prove(context, token.tokenValue);
    if (verdict === "alive" || !isYoung() || context.now() + pause >= context.deadline) break;
    await context.sleep(pause);
  }
  await revokeAndProve(context, token, credentials, nonce);
}

interface Revoker {
  revoke(): Promise<void>;
  /** Whether "not found" means that there is no such token; to somebody else's list it means nothing. */
  wouldSee(): Promise<boolean>;
}

function waysToRevoke(
  context: TokenContext,
  { tokenId, tokenValue, minter }: TokenRecord,
  credentials: readonly Credential[],
  nonce: string,
): Revoker[] {
  const isMinter = async (by: Credential): Promise<boolean> => {
    try {
      return minter !== undefined && sameMinter(askerOf(await context.whoIs(by), nonce), minter);
    } catch {
      return false;
    }
  };
  const asOwner =
    (by: Authorization): Revoker["revoke"] =>
    () =>
      revokeToken(as(context, by), tokenId);
  const always = async (): Promise<boolean> => true;
  return [
    ...credentials.flatMap((by) => [
      { revoke: asOwner(by), wouldSee: () => isMinter(by) },
      { revoke: () => revokeTokenOfAnybody(as(context, by), tokenId), wouldSee: always },
    ]),
    { revoke: asOwner(itself(tokenValue)), wouldSee: always },
  ];
}

function notRevoked(context: TokenContext, token: TokenRecord, failures: readonly unknown[]): Error {
  const failure = mostTelling(failures);
  const { code, text } =
    failure instanceof DatabricksTokensError ? failure : ({ code: "REVOCATION_REFUSED", text: "nobody may" } as const);
  const until = token.expiryTime < 0 ? "never expires" : `expires ${timestamp(token.expiryTime)}`;
  const refused = isRefusal(failure) || hasCode(failure, ...SAYS_LEAST) || code === "REVOCATION_REFUSED";
  return new DatabricksTokensError(
    refused ? "REVOCATION_REFUSED" : code,
    `Token ${quote(token.tokenId)} on ${context.client.host} could not be revoked: ${text}. ` +
      `It belongs to ${nameOf(token.minter)} and ${until}. ` +
      `${refused ? "Sign in as its owner or as a workspace administrator and run" : "Run"} the command again; ` +
      "the token is kept in the state",
    { cause: failure },
  );
}

async function proveDead(context: TokenContext, token: TokenRecord): Promise<void> {
  const proof = await proveUntil(context, token.tokenValue, "refused", context.limits.proveDeadMs);
  if (proof.verdict === "refused") return;
  throw new DatabricksTokensError(
    "REVOCATION_NOT_CONFIRMED",
    `${context.client.host} accepted the revocation of token ${quote(token.tokenId)}, but ` +
      (proof.verdict === "alive"
        ? "the token still authenticates"
        : `did not say that it is dead (${proof.cause?.message})`) +
      ". The token is kept in the state; run the command again to finish",
    { cause: proof.cause },
  );
}
