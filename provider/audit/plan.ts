import { quote } from "../http/quote";
import { isOver } from "./flags";
import { PROOF_MS } from "./kinds";
import type { Row } from "./rows";

/** What became of a token that was to be revoked. */
export interface RevocationResult {
  readonly host: string | null;
  readonly tokenId: string;
  readonly outcome: "revoked" | "left" | "refused" | "failed";
  /** Empty for `revoked`. */
  readonly reason: string;
}

export interface RevocationRequest {
  readonly orphans: boolean;
  readonly ids: readonly string[];
}

export interface Plan {
  readonly revoke: readonly Row[];
  readonly outcomes: readonly RevocationResult[];
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
export function plan(rows: readonly Row[], { orphans, ids }: RevocationRequest, operationMs: number): Plan {
  const refused: RevocationResult[] = [];
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
  const doubted = orphans
    ? rows.filter((row) => row.kind === "unclaimed" && row.isKnownNonce && !isOver(row) && !named.has(row))
    : [];
  const lost = orphans ? rows.filter((row) => row.kind === "orphan" && !isOver(row) && !named.has(row)) : [];
  if (refused.length > 0) {
    const reason = "another one is refused, so nothing is revoked";
    return { revoke: [], outcomes: [...refused, ...[...named, ...lost, ...doubted].map((row) => left(row, reason))] };
  }
  const revoke: Row[] = [];
  const outcomes: RevocationResult[] = [];
  for (const [row, reason] of [
    ...[...named].map((row) => [row, whyInFlight(row, operationMs)] as const),
    ...lost.map((row) => [row, whySomebodys(row) ?? whyInFlight(row, operationMs)] as const),
    ...doubted.map((row) => [row, whySomebodys(row) ?? whyInFlight(row, operationMs) ?? whyDoubted(row)] as const),
  ]) {
    if (reason === undefined) revoke.push(row);
    else outcomes.push(left(row, reason));
  }
  return { revoke, outcomes };
}

/** Our marker, and not what a lost attempt leaves: lost.ts. */
const whyDoubted = ({ tokenId }: Row): string =>
  "it was used, or has not the lifetime and scopes that its resource asks for, so it may be somebody's. " +
  `If it is lost all the same: --revoke ${quote(tokenId)}`;

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
  const all = `If it is lost all the same: --revoke ${quote(tokenId)}`;
  if (!isOfMinter) return `it belongs to ${quote(owner) || "nobody known"}, who mints no tokens of this stack. ${all}`;
  const used = listed?.lastUsedDay;
  if (used === undefined || used - creationTime <= PROOF_MS) return undefined;
  const day = new Date(used).toISOString().slice(0, 10);
  return `it was used on ${day}, so somebody has its value: another copy of this state? ${all}`;
}

const left = ({ host, tokenId }: Row, reason: string): RevocationResult => ({ host, tokenId, outcome: "left", reason });
