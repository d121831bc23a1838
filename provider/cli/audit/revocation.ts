import { DatabricksTokensError } from "../../errors";
import {
  assertToken,
  type Caller,
  listTokens,
  listTokensOfAll,
  revokeToken,
  revokeTokenOfAnybody,
} from "../../workspace";
import type { Row } from "./kinds";
import type { Sight, Way } from "./sight";

/** What became of a token that was to be revoked. */
export interface Outcome {
  readonly tokenId: string;
  readonly outcome: "revoked" | "left" | "refused" | "failed";
  /** Empty for `revoked`. */
  readonly reason: string;
}

export interface Wish {
  readonly orphans: boolean;
  readonly ids: readonly string[];
}

export interface Plan {
  readonly revoke: readonly Row[];
  readonly outcomes: readonly Outcome[];
}

const REFUSED: Readonly<Partial<Record<Row["kind"], string>>> = {
  managed: "the state has it: `pulumi up` rotates it, `pulumi destroy` revokes it",
  retiring: "the state has it: the next `pulumi up` after its overlap revokes it",
  "other-stack": "it belongs to another stack: audit that one",
  "not-ours": "it has no marker of Pulumi: it is somebody's own",
  dead: "it is dead already",
};

/**
 * What is to be revoked, and what is not, and why. Pure. One id that is refused stops all: whoever names a token that is
 * not theirs may have taken the wrong list. `operationMs`: a token that is younger may still be in flight.
 */
export function plan(rows: readonly Row[], { orphans, ids }: Wish, operationMs: number): Plan {
  const outcomes: Outcome[] = [];
  const wanted = new Set<Row>(orphans ? rows.filter(({ kind, unsure }) => kind === "orphan" && !unsure) : []);
  for (const tokenId of new Set(ids)) {
    const found = rows.filter((row) => row.tokenId === tokenId);
    const [row] = found;
    const reason = !row
      ? "no such token is to be seen"
      : found.length > 1
        ? "two workspaces have a token of this id"
        : row.unsure
          ? "it may be one of the state's"
          : REFUSED[row.kind];
    if (reason !== undefined || !row) outcomes.push({ tokenId, outcome: "refused", reason: reason ?? "" });
    else wanted.add(row);
  }
  if (outcomes.length > 0) {
    const reason = "another one is refused, so nothing is revoked";
    return { revoke: [], outcomes: [...outcomes, ...[...wanted].map(({ tokenId }) => left(tokenId, reason))] };
  }
  const revoke: Row[] = [];
  for (const row of wanted) {
    const age = row.now - row.creationTime;
    if (row.creationTime <= 0) outcomes.push(left(row.tokenId, "the workspace does not say how old it is"));
    else if (age < operationMs) {
      const wait = Math.ceil((operationMs - age) / 1000);
      const reason = `it is younger than the longest operation (${operationMs / 1000} s), so it may still be in flight`;
      outcomes.push(left(row.tokenId, `${reason}: run again in ${wait} s`));
    } else revoke.push(row);
  }
  return { revoke, outcomes };
}

const left = (tokenId: string, reason: string): Outcome => ({ tokenId, outcome: "left", reason });

/**
 * Revokes one after the other; `allowed` is awaited before each, and what it throws ends it all. A failure stops nothing:
 * the next token is another one.
 */
export async function revokeAll(
  rows: readonly Row[],
  sights: readonly Sight[],
  allowed: () => Promise<void>,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const { host, tokenId } of rows) {
    try {
      await allowed();
    } catch (error) {
      if (!(error instanceof DatabricksTokensError)) throw error;
      const rest = rows.slice(outcomes.length);
      return [...outcomes, ...rest.map((row): Outcome => failed(row.tokenId, error))];
    }
    try {
      const sight = sights.find((item) => item.host === host);
      await revokeOne(sight, tokenId);
      outcomes.push({ tokenId, outcome: "revoked", reason: "" });
    } catch (error) {
      if (!(error instanceof DatabricksTokensError)) throw error;
      outcomes.push(failed(tokenId, error));
    }
  }
  return outcomes;
}

const failed = (tokenId: string, { message }: DatabricksTokensError): Outcome => ({
  tokenId,
  outcome: "failed",
  reason: message,
});

async function revokeOne(sight: Sight | undefined, tokenId: string): Promise<void> {
  const administrator = sight?.administrator;
  const way = administrator ?? sight?.ownerOf.get(tokenId);
  if (!way) throw new DatabricksTokensError("REVOCATION_REFUSED", "This sign-in may not revoke it");
  const caller = callerOf(way);
  const revoke = administrator ? revokeTokenOfAnybody : revokeToken;
  await revoke(caller, tokenId).catch(ignoreNotFound);
  await proveGone(way, caller, tokenId, administrator !== undefined);
}

/** The audit may have waited for a person since it looked. */
const callerOf = ({ context, credential }: Way): Caller => ({
  client: context.client,
  authorization: credential,
  deadline: context.now() + context.limits.operationMs,
});

/**
 * There is no value to show: it is gone once it is in no list and the workspace says of its id that there is none. Either
 * alone may be a list that is empty for another reason, or one that lags.
 */
async function proveGone({ context }: Way, caller: Caller, tokenId: string, isAdministrator: boolean): Promise<void> {
  const until = context.now() + context.limits.proveDeadMs;
  for (let pause = 250; ; pause = Math.min(pause * 2, 5_000)) {
    const tokens = await (isAdministrator ? listTokensOfAll(caller) : listTokens(caller));
    const ask = isAdministrator ? assertToken : revokeToken;
    if (!tokens.some((token) => token.tokenId === tokenId) && (await isNotFound(ask(caller, tokenId)))) return;
    if (context.now() + pause >= until) break;
    await context.sleep(pause);
  }
  throw new DatabricksTokensError(
    "REVOCATION_NOT_CONFIRMED",
    `${caller.client.host} accepted the revocation, but still has the token. Run the command again`,
  );
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
  if (!(error instanceof DatabricksTokensError && error.code === "NOT_FOUND")) throw error;
}
