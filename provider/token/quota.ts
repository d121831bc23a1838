import { DatabricksTokensError, hasCode } from "../errors";
import { quote } from "../http/quote";
import { parseComment } from "./marker";
import { isExpired } from "./schedule";
import { timestamp } from "./state";
import type { Work } from "./work";

/** Tells of a quota that was reached how many tokens there are, and which of ours is the stalest. */
export async function withQuota({ context, credential }: Work, error: unknown): Promise<unknown> {
  if (!hasCode(error, "QUOTA_EXCEEDED")) return error;
  // The shared list will do: who reaches a quota reaches it for all resources at once.
  const listing = await context.list(credential).catch(() => undefined);
  if (!listing) return error;
  const alive = listing.tokens.filter((token) => !isExpired(token, context.client.serverNow()));
  const [stalest] = alive
    .filter((token) => parseComment(token.comment).origin !== undefined)
    .sort((a, b) => a.creationTime - b.creationTime);
  const named = stalest
    ? `; the oldest that a stack owns: ${quote(stalest.tokenId)} of ${timestamp(stalest.creationTime)}, ` +
      `"${quote(stalest.comment)}"`
    : "";
  return new DatabricksTokensError(
    "QUOTA_EXCEEDED",
    `${error.text}. This identity has ${alive.length} living tokens there${named}`,
    { cause: error, ambiguous: error.ambiguous },
  );
}
