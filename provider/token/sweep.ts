import type { Credential } from "../credentials";
import { DatabricksTokensError } from "../errors";
import { revokeToken, revokeTokenOfAnybody, type TokenInfo } from "../workspace";
import { as, type TokenContext } from "./context";
import { isRefusal } from "./identity";
import { parseComment, sameOrigin, type TokenOrigin } from "./marker";
import { isExpired } from "./schedule";

/** Whose attempts are looked for: the nonce, the origins that its markers may name, the tokens that are accounted for. */
export interface Attempts {
  readonly nonce: string;
  readonly origins: readonly TokenOrigin[];
  readonly known: ReadonlySet<string>;
}

/** Who sees one user's tokens, and how they revoke one of them. */
export interface Sight {
  list(fresh: boolean): Promise<readonly TokenInfo[]>;
  revoke(tokenId: string): Promise<void>;
}

/** A user's sight of their own tokens. */
export function ownSight(context: TokenContext, credential: Credential): Sight {
  return {
    list: async (fresh) => (await context.list(credential, { fresh })).tokens,
    revoke: (tokenId) => revokeToken(as(context, credential), tokenId),
  };
}

/** The sight of `owner`'s tokens: their own, or else an administrator's. An empty owner is whoever signs in. */
export async function sightOf(context: TokenContext, credential: Credential, owner: string): Promise<Sight> {
  const asker = owner === "" ? undefined : await context.userName(credential);
  if (asker === undefined || asker === owner) return ownSight(context, credential);
  return {
    list: async (fresh) => (await context.list(credential, { fresh, owner })).tokens,
    revoke: (tokenId) => revokeTokenOfAnybody(as(context, credential), tokenId),
  };
}

/** Tokens that lost attempts of ours have made: our nonce and origin, not known to the state, not expired by `now`. */
export function lostAttempts(tokens: readonly TokenInfo[], attempts: Attempts, now: number): TokenInfo[] {
  return tokens.filter((token) => {
    const { nonce, origin } = parseComment(token.comment);
    return (
      nonce === attempts.nonce &&
      origin !== undefined &&
      attempts.origins.some((ours) => sameOrigin(ours, origin)) &&
      !attempts.known.has(token.tokenId) &&
      !isExpired(token, now)
    );
  });
}

/**
 * Revokes what lost attempts have made, until they are gone. There is no value to prove that with: it is in no list, and
 * of its id the workspace says that there is none (or, should one accept the revocation of what is gone, a second list
 * says so). Either alone may be said of a token that lives.
 * Gives the ids. `fresh`: don't trust the process's shared listing.
 */
export async function sweep(context: TokenContext, sight: Sight, attempts: Attempts, fresh = false): Promise<string[]> {
  const lost = async (again: boolean): Promise<TokenInfo[]> =>
    lostAttempts(await sight.list(again), attempts, context.client.serverNow());
  const found = await lost(fresh);
  if (found.length === 0) return [];
  const revoke = (): Promise<boolean[]> => Promise.all(found.map(({ tokenId }) => isGone(sight.revoke(tokenId))));
  await revoke();
  let absentBefore = false;
  for (let pause = 500; ; pause = Math.min(pause * 2, 5_000)) {
    const left = await lost(true);
    const gone = await revoke();
    const absent = left.length === 0;
    if (absent && (absentBefore || gone.every(Boolean))) return found.map((token) => token.tokenId);
    absentBefore = absent;
    if (context.now() + pause >= context.deadline) {
      throw new DatabricksTokensError(
        "REVOCATION_NOT_CONFIRMED",
        `${found.length} token(s) of a lost attempt are not yet gone from ${context.client.host} after their revocation. ` +
          "Run the command again: it goes on from here",
      );
    }
    await context.sleep(pause);
  }
}

/**
 * Sweeps once for attempts whose outcome was unknown at `since`. True once nothing of them can turn up any more: a list
 * may lag behind a creation, so "not listed yet" is no proof of absence.
 */
export async function settle(context: TokenContext, sight: Sight, attempts: Attempts, since: number): Promise<boolean> {
  await sweep(context, sight, attempts, true);
  return context.client.serverNow() - since > context.limits.listLagMs;
}

/**
 * Sweeps the shared lists of whoever signs in and of all `owners`: a resource's attempts may have been made in another
 * name than today's. Gives the owners whose tokens this sign-in may not see.
 */
export async function sweepOwners(
  context: TokenContext,
  credential: Credential,
  owners: ReadonlySet<string>,
  attempts: Attempts,
): Promise<string[]> {
  await sweep(context, ownSight(context, credential), attempts);
  const asker = await context.userName(credential);
  const hidden: string[] = [];
  for (const owner of owners) {
    if (asker === undefined || owner === asker) continue;
    try {
      await sweep(context, await sightOf(context, credential, owner), attempts);
    } catch (error) {
      if (!isRefusal(error) && !(error instanceof DatabricksTokensError && error.code === "NOT_SUPPORTED")) throw error;
      hidden.push(owner);
    }
  }
  return hidden;
}

/** Whether there is no such token any more; false: it was accepted, and so was there. */
async function isGone(revoked: Promise<void>): Promise<boolean> {
  try {
    await revoked;
    return false;
  } catch (error) {
    if (error instanceof DatabricksTokensError && error.code === "NOT_FOUND") return true;
    throw error;
  }
}
