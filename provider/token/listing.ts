import { hasCode, isRefusal } from "../errors";
import { as, type TokenContext } from "../session/context";
import { askerOf, isKnown, type Minter, sameMinter } from "../session/minter";
import type { Credential } from "../sign-in";
import { revokeToken, revokeTokenOfAnybody, type TokenInfo } from "../workspace";
import type { TokenRecord, TokenState } from "./state";

/** The list in which one minter's tokens stand, and how to revoke what stands there. */
export interface MinterListing {
  /** `after` as in ListingWanted. */
  tokens(after?: number): Promise<readonly TokenInfo[]>;
  revoke(tokenId: string): Promise<void>;
}

/** The list of whoever signs in. */
export function ownListing(context: TokenContext, credential: Credential): MinterListing {
  return {
    tokens: async (after) => (await context.list(credential, wanted(after))).tokens,
    revoke: (tokenId) => revokeToken(as(context, credential), tokenId),
  };
}

/**
 * The list in which the tokens of `minter` stand, as far as a sign-in has it: its own where it is the same identity, or
 * where that list shows a token of the state that the same minter minted; else an administrator's. Undefined: it has
 * none. Where the minter is not known only an administrator's list of everybody will do.
 */
export async function listingOf(
  context: TokenContext,
  credential: Credential,
  minter: Minter | undefined,
  state: TokenState,
): Promise<MinterListing | undefined> {
  if (minter && (await isOwn(context, credential, minter, state))) return ownListing(context, credential);
  const about = { minter: minter ?? {} };
  try {
    await context.list(credential, about);
  } catch (error) {
    if (isRefusal(error) || isNotSupported(error)) return undefined;
    throw error;
  }
  return {
    tokens: async (after) => (await context.list(credential, { ...about, ...wanted(after) })).tokens,
    revoke: (tokenId) => revokeTokenOfAnybody(as(context, credential), tokenId),
  };
}

async function isOwn(
  context: TokenContext,
  credential: Credential,
  minter: Minter,
  state: TokenState,
): Promise<boolean> {
  const asker = askerOf(await context.whoIs(credential), state.inputs.nonce);
  if (sameMinter(asker, minter)) return true;
  // Two identities that both say who they are, and differ, need no second look.
  if (!isKnown(minter) || (asker.id && minter.id) || (asker.userName && minter.userName)) return false;
  const { tokens } = await context.list(credential);
  const listed = new Set(tokens.map(({ tokenId }) => tokenId));
  return recordsOf(state).some(
    (token) => token.minter && sameMinter(token.minter, minter) && listed.has(token.tokenId),
  );
}

const recordsOf = ({ current, candidates, retiring }: TokenState): TokenRecord[] => [
  ...(current ? [current] : []),
  ...candidates,
  ...retiring,
];

const wanted = (after: number | undefined): { after?: number } => (after === undefined ? {} : { after });

const isNotSupported = (error: unknown): boolean => hasCode(error, "NOT_SUPPORTED");
