import type { ExportedState } from "../../audit/exported-state";
import { tokensInState } from "../../audit/kinds";
import type { TokenListing } from "../../audit/rows";
import type { TokenContext } from "../../session/context";
import { prove } from "../../session/proof";
import { isExpired } from "../../token/schedule";

/** So many are shown at once; a workspace that throttles slows all of them. */
const AT_ONCE = 32;

/** How many of how many. */
export type Count = readonly [done: number, of: number];

/** Tokens of the state that are not listed: each is shown to the workspace, for absence alone says nothing. */
export async function showAbsent(
  context: TokenContext,
  tokenListing: TokenListing,
  state: ExportedState,
  progress: (count: Count) => void,
): Promise<Pick<TokenListing, "refused" | "alive">> {
  const listed = new Set(tokenListing.tokens.map(({ tokenId }) => tokenId));
  const [refused, alive] = [new Set<string>(), new Set<string>()];
  const absent = tokensInState(state, tokenListing.host).filter(
    ({ record, role }) =>
      !listed.has(record.tokenId) &&
      // An encrypted state has no values.
      record.tokenValue !== undefined &&
      !isExpired(record, tokenListing.now) &&
      // One that was never proved may have yet to spread.
      !(role === "candidate" && tokenListing.now - record.creationTime < context.limits.proveAliveMs),
  );
  const left = absent.values();
  let done = 0;
  // Each takes the next one as soon as it is free: a slow answer holds up nobody else.
  const showNext = async (): Promise<void> => {
    for (const { record } of left) {
      progress([done, absent.length]);
      const { verdict } = await prove(context, record.tokenValue);
      if (verdict === "refused") refused.add(record.tokenId);
      if (verdict === "alive") alive.add(record.tokenId);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, showNext));
  return { refused, alive };
}
