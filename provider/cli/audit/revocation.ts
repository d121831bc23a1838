import type { RevocationResult } from "../../audit/plan";
import type { Row } from "../../audit/rows";
import { DatabricksTokensError, hasCode } from "../../errors";
import {
  assertToken,
  type Caller,
  listTokens,
  listTokensOfAll,
  revokeToken,
  revokeTokenOfAnybody,
} from "../../workspace";
import type { SignedIn, WorkspaceListing } from "./listing";

/**
 * Revokes one after the other; `allowed` is awaited before each, and what it throws leaves the rest. A failure stops
 * nothing: the next token is another one. Then all that were accepted are proved gone.
 */
export async function revokeAll(
  rows: readonly Row[],
  listings: readonly WorkspaceListing[],
  allowed: () => Promise<void>,
): Promise<RevocationResult[]> {
  const failures = new Map<Row, DatabricksTokensError>();
  const accepted: Array<{ row: Row; signedIn: SignedIn; isAdministrator: boolean }> = [];
  for (const [index, row] of rows.entries()) {
    const forbidden = await failureOf(allowed());
    if (forbidden) {
      for (const rest of rows.slice(index)) failures.set(rest, forbidden);
      break;
    }
    const listing = listings.find(({ host }) => host === row.host);
    const signedIn = listing?.administrator ?? listing?.ownerOf.get(row.tokenId);
    const isAdministrator = listing?.administrator !== undefined;
    const failure = await failureOf(revokeOne(signedIn, isAdministrator, row.tokenId));
    if (failure) failures.set(row, failure);
    else if (signedIn) accepted.push({ row, signedIn, isAdministrator });
  }
  for (const [signedIn, those] of Map.groupBy(accepted, (item) => item.signedIn)) {
    const { isAdministrator } = those[0]!;
    const left = await notGone(signedIn, isAdministrator, new Set(those.map(({ row }) => row.tokenId)));
    for (const { row } of those) if (left.has(row.tokenId)) failures.set(row, left.get(row.tokenId)!);
  }
  return rows.map((row): RevocationResult => {
    const failure = failures.get(row);
    const { host, tokenId } = row;
    return failure
      ? { host, tokenId, outcome: "failed", reason: failure.message }
      : { host, tokenId, outcome: "revoked", reason: "" };
  });
}

async function failureOf(done: Promise<unknown>): Promise<DatabricksTokensError | undefined> {
  try {
    await done;
    return undefined;
  } catch (error) {
    if (!(error instanceof DatabricksTokensError)) throw error;
    return error;
  }
}

async function revokeOne(signedIn: SignedIn | undefined, isAdministrator: boolean, tokenId: string): Promise<void> {
  if (!signedIn) throw new DatabricksTokensError("REVOCATION_REFUSED", "This sign-in may not revoke it");
  await (isAdministrator ? revokeTokenOfAnybody : revokeToken)(callerOf(signedIn), tokenId).catch(ignoreNotFound);
}

/** The audit may have waited for a person since it looked. */
const callerOf = ({ context, credential }: SignedIn): Caller => ({
  client: context.client,
  authorization: credential,
  deadline: context.now() + context.limits.operationMs,
});

/**
 * There is no value to show: a token is gone once it is in no list and the workspace says of its id that there is none.
 * Either alone may be a list that is empty for another reason, or one that lags. One list tells of all tokens: of a big
 * workspace it is megabytes. Gives those that are not gone, and why that is said.
 */
async function notGone(
  signedIn: SignedIn,
  isAdministrator: boolean,
  tokenIds: ReadonlySet<string>,
): Promise<ReadonlyMap<string, DatabricksTokensError>> {
  const { context } = signedIn;
  const until = context.now() + context.limits.proveDeadMs;
  const left = new Set(tokenIds);
  const failures = new Map<string, DatabricksTokensError>();
  const look = async (): Promise<void> => {
    const caller = callerOf(signedIn);
    const listed = new Set(
      (await (isAdministrator ? listTokensOfAll : listTokens)(caller)).map((info) => info.tokenId),
    );
    const ask = isAdministrator ? assertToken : revokeToken;
    for (const tokenId of [...left].filter((id) => !listed.has(id))) {
      const failure = await failureOf(isNotFound(ask(caller, tokenId)).then((gone) => gone && left.delete(tokenId)));
      if (failure && left.delete(tokenId)) failures.set(tokenId, failure);
    }
  };
  let problem: DatabricksTokensError | undefined;
  for (let pause = 250; ; pause = Math.min(pause * 2, 5_000)) {
    problem = await failureOf(look());
    if (problem || left.size === 0 || context.now() + pause >= until) break;
    await context.sleep(pause);
  }
  problem ??= new DatabricksTokensError(
    "REVOCATION_NOT_CONFIRMED",
    `${context.client.host} accepted the revocation, but still has the token. Run the command again`,
  );
  for (const tokenId of left) failures.set(tokenId, problem);
  return failures;
}

async function isNotFound(asked: Promise<void>): Promise<boolean> {
  try {
    await asked;
    return false;
  } catch (error) {
    ignoreNotFound(error);
    return true;
  }
}

function ignoreNotFound(error: unknown): void {
  if (!hasCode(error, "NOT_FOUND")) throw error;
}
