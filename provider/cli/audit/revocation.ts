import { DatabricksTokensError } from "../../errors";
import {
  assertToken,
  type Caller,
  listTokens,
  listTokensOfAll,
  revokeToken,
  revokeTokenOfAnybody,
} from "../../workspace";
import { foreignText } from "../../workspace/foreign-text";
import { isOver } from "./flags";
import type { Row } from "./kinds";
import type { Sight, Way } from "./sight";

const DAY_MS = 86_400_000;

/** What became of a token that was to be revoked. */
export interface Outcome {
  readonly host: string | null;
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
  const refused: Outcome[] = [];
  const named = new Set<Row>();
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
    if (reason !== undefined || !row)
      refused.push({ host: row?.host ?? null, tokenId, outcome: "refused", reason: reason ?? "" });
    else named.add(row);
  }
  const lost = orphans ? rows.filter((row) => row.kind === "orphan" && !isOver(row) && !named.has(row)) : [];
  if (refused.length > 0) {
    const reason = "another one is refused, so nothing is revoked";
    return { revoke: [], outcomes: [...refused, ...[...named, ...lost].map((row) => left(row, reason))] };
  }
  const revoke: Row[] = [];
  const outcomes: Outcome[] = [];
  for (const [row, reason] of [
    ...[...named].map((row) => [row, whyInFlight(row, operationMs)] as const),
    ...lost.map((row) => [row, whySomebodys(row) ?? whyInFlight(row, operationMs)] as const),
  ]) {
    if (reason === undefined) revoke.push(row);
    else outcomes.push(left(row, reason));
  }
  return { revoke, outcomes };
}

function whyInFlight({ creationTime, now, isTimeKnown }: Row, operationMs: number): string | undefined {
  if (creationTime <= 0) return "the workspace does not say how old it is";
  if (!isTimeKnown) return "the workspace answers too slowly to tell its time, and so how old it is";
  const age = now - creationTime;
  if (age >= operationMs) return undefined;
  const wait = Math.ceil((operationMs - age) / 1000);
  const reason = `it is younger than the longest operation (${operationMs / 1000} s), so it may still be in flight`;
  return `${reason}: run again in ${wait} s`;
}

/**
 * A marker is a comment, which people may copy, and a copy of a state has the same nonces: not every token that looks
 * lost is. Nobody has the value of one that is, so that nobody but its own proof can have used it.
 */
function whySomebodys({ tokenId, owner, isOfMinter, listed, creationTime }: Row): string | undefined {
  const all = `If it is lost all the same: --revoke ${foreignText(tokenId)}`;
  if (!isOfMinter)
    return `it belongs to ${foreignText(owner) || "nobody known"}, who mints no tokens of this stack. ${all}`;
  const used = listed?.lastUsedDay;
  if (used === undefined || used - creationTime <= DAY_MS) return undefined;
  const day = new Date(used).toISOString().slice(0, 10);
  return `it was used on ${day}, so somebody has its value: another copy of this state? ${all}`;
}

const left = ({ host, tokenId }: Row, reason: string): Outcome => ({ host, tokenId, outcome: "left", reason });

/**
 * Revokes one after the other; `allowed` is awaited before each, and what it throws leaves the rest. A failure stops
 * nothing: the next token is another one. Then all that were accepted are proved gone.
 */
export async function revokeAll(
  rows: readonly Row[],
  sights: readonly Sight[],
  allowed: () => Promise<void>,
): Promise<Outcome[]> {
  const failures = new Map<Row, DatabricksTokensError>();
  const accepted: Array<{ row: Row; way: Way; isAdministrator: boolean }> = [];
  for (const [index, row] of rows.entries()) {
    const forbidden = await failureOf(allowed());
    if (forbidden) {
      for (const rest of rows.slice(index)) failures.set(rest, forbidden);
      break;
    }
    const sight = sights.find(({ host }) => host === row.host);
    const way = sight?.administrator ?? sight?.ownerOf.get(row.tokenId);
    const isAdministrator = sight?.administrator !== undefined;
    const failure = await failureOf(revokeOne(way, isAdministrator, row.tokenId));
    if (failure) failures.set(row, failure);
    else if (way) accepted.push({ row, way, isAdministrator });
  }
  for (const [way, those] of Map.groupBy(accepted, (item) => item.way)) {
    const { isAdministrator } = those[0]!;
    const left = await notGone(way, isAdministrator, new Set(those.map(({ row }) => row.tokenId)));
    for (const { row } of those) if (left.has(row.tokenId)) failures.set(row, left.get(row.tokenId)!);
  }
  return rows.map((row): Outcome => {
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

async function revokeOne(way: Way | undefined, isAdministrator: boolean, tokenId: string): Promise<void> {
  if (!way) throw new DatabricksTokensError("REVOCATION_REFUSED", "This sign-in may not revoke it");
  await (isAdministrator ? revokeTokenOfAnybody : revokeToken)(callerOf(way), tokenId).catch(ignoreNotFound);
}

/** The audit may have waited for a person since it looked. */
const callerOf = ({ context, credential }: Way): Caller => ({
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
  way: Way,
  isAdministrator: boolean,
  tokenIds: ReadonlySet<string>,
): Promise<ReadonlyMap<string, DatabricksTokensError>> {
  const { context } = way;
  const until = context.now() + context.limits.proveDeadMs;
  const left = new Set(tokenIds);
  const failures = new Map<string, DatabricksTokensError>();
  const look = async (): Promise<void> => {
    const caller = callerOf(way);
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
  if (!(error instanceof DatabricksTokensError && error.code === "NOT_FOUND")) throw error;
}
