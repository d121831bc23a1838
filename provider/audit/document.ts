import type { DatabricksTokensError } from "../errors";
import { asSafeJson } from "../http/printed";
import { quote } from "../http/quote";
import { revokeAfter, rotatesAt, scheduleOf } from "../token/schedule";
import type { ExitCode } from "./exit-code";
import type { ExportedState, StackName } from "./exported-state";
import { ageDays, daysLeft, type Flag, flagsOf } from "./flags";
import type { RevocationResult } from "./plan";
import { KINDS, type Kind, type Role, type Row, type TokenListing } from "./rows";

/** One workspace, as far as it could be listed. */
export interface ListedWorkspace {
  readonly host: string;
  /** Absent: it could not be listed at all. */
  readonly tokenListing?: TokenListing;
  /** Why it could not be listed. */
  readonly problem?: DatabricksTokensError;
}

/** What an audit found. */
export interface Report {
  readonly exitCode: ExitCode;
  /** Absent: it could not be read. */
  readonly state?: ExportedState;
  readonly listings: readonly ListedWorkspace[];
  readonly rows: readonly Row[];
  readonly problems: readonly DatabricksTokensError[];
  /** What became of the tokens that were to be revoked; absent: none was asked for. */
  readonly revocation?: readonly RevocationResult[];
  /** What is left to do, for people. */
  readonly advice: readonly string[];
}

/**
 * What `--json` prints, and what table, timeline and page draw: values that may be shown, in the order in which they
 * are. Names are for ever (docs/audit.schema.json); every one is always there, what is not known is `null`. Times are
 * RFC 3339, by the workspace's clock.
 */
export interface AuditDocument {
  readonly version: 1;
  readonly exitCode: ExitCode;
  readonly stacks: readonly StackName[];
  readonly pendingOperations: number;
  readonly workspaces: readonly AuditedWorkspace[];
  readonly tokens: readonly AuditedToken[];
  readonly problems: readonly Problem[];
  readonly revocation: readonly RevocationResult[] | null;
  readonly advice: readonly string[];
}

interface Problem {
  readonly code: string;
  readonly text: string;
}

export interface AuditedWorkspace {
  readonly host: string;
  /** Whose tokens this sign-in may list. */
  readonly sees: "all" | "own" | "nothing";
  /** User names, where `sees` is `own`. */
  readonly owners: readonly string[];
  /** When it was listed. */
  readonly listedAt: string | null;
  readonly problem: Problem | null;
}

export interface AuditedToken {
  readonly kind: Kind;
  readonly tokenId: string;
  readonly host: string;
  /** Of the resource. */
  readonly name: string | null;
  readonly owner: string | null;
  /** The user's part. */
  readonly comment: string;
  readonly marker: (StackName & { readonly name: string; readonly nonce: string }) | null;
  readonly role: Role | null;
  readonly createdAt: string | null;
  /** `null`: never. */
  readonly expiresAt: string | null;
  readonly ageDays: number | null;
  readonly daysLeft: number | null;
  /** A day; `null`: never, or, unless `usageKnown`, not known. */
  readonly lastUsedOn: string | null;
  readonly usageKnown: boolean;
  /** Of a current token: from then on an `up` rotates it; `null`: never, or it is no current one. */
  readonly rotatesAt: string | null;
  /** Of a current token: how long it lives on if it is rotated then, or now if that is later. */
  readonly overlapEndsAt: string | null;
  /** Of a retiring token: when its successor was minted. */
  readonly replacedAt: string | null;
  readonly retiringUntil: string | null;
  /** `null`: all that its owner may. */
  readonly scopes: readonly string[] | null;
  readonly flags: readonly Flag[];
}

export function documentOf(report: Report): AuditDocument {
  const { exitCode, state, listings, rows, problems, revocation, advice } = report;
  return {
    version: 1,
    exitCode,
    stacks: state?.stacks.map(texts) ?? [],
    pendingOperations: state?.pendingOperations ?? 0,
    workspaces: listings.map(({ host, tokenListing, problem }) => ({
      host: quote(host),
      sees: tokenListing ? (tokenListing.owners === "all" ? "all" : "own") : "nothing",
      owners: tokenListing && tokenListing.owners !== "all" ? tokenListing.owners.map((owner) => quote(owner)) : [],
      listedAt: time(tokenListing?.now),
      problem: problem ? problemOf(problem) : null,
    })),
    tokens: rows.map(tokenOf).sort(inOrder),
    problems: problems.map(problemOf),
    // Ids too: of those of `--revoke` nobody knows what was typed, and a workspace may send what it likes.
    revocation: revocation?.map(shownOutcome) ?? null,
    advice,
  };
}

export const asJson = (document: AuditDocument): string => asSafeJson(document);

const shownOutcome = ({ host, tokenId, ...rest }: RevocationResult): RevocationResult => ({
  host: host === null ? null : quote(host),
  tokenId: quote(tokenId),
  ...rest,
});

const problemOf = ({ code, text }: DatabricksTokensError): Problem => ({ code, text });

const time = (ms: number | undefined): string | null =>
  ms === undefined || !(ms >= 0 && ms <= 8.64e15) ? null : new Date(ms).toISOString();

function tokenOf(row: Row): AuditedToken {
  const { kind, inState, listed, marker } = row;
  return {
    kind,
    tokenId: quote(row.tokenId),
    host: quote(row.host),
    name: quote(inState?.token.name ?? marker?.origin.name ?? "") || null,
    owner: quote(row.owner) || null,
    // People paste into comments what they should not.
    comment: quote(row.comment),
    marker: marker ? { ...texts(marker.origin), nonce: quote(marker.nonce) } : null,
    role: inState?.role ?? null,
    createdAt: row.creationTime === 0 ? null : time(row.creationTime),
    expiresAt: time(row.expiryTime),
    ageDays: ageDays(row) ?? null,
    daysLeft: daysLeft(row) ?? null,
    lastUsedOn: time(listed?.lastUsedDay)?.slice(0, 10) ?? null,
    usageKnown: listed?.usageKnown ?? false,
    ...rotationOf(row),
    replacedAt: time(replacedAt(row)),
    retiringUntil: time(row.until),
    // Of one that is not listed the state knows what was granted.
    scopes: (listed ?? inState?.token.state.inputs)?.scopes?.map((scope) => quote(scope)) ?? null,
    flags: flagsOf(row),
  };
}

/** As the provider will judge it. */
function rotationOf({ kind, inState, now }: Row): Pick<AuditedToken, "rotatesAt" | "overlapEndsAt"> {
  if (kind === "dead" || inState?.role !== "current" || inState.token.toBeDeleted)
    return { rotatesAt: null, overlapEndsAt: null };
  const schedule = scheduleOf(inState.token.state.inputs);
  const due = rotatesAt(inState.record, schedule);
  // Only once it is dead: there is nothing that could live on.
  if (schedule.rotateEverySeconds === 0) return { rotatesAt: time(due), overlapEndsAt: null };
  return { rotatesAt: time(due), overlapEndsAt: time(revokeAfter(inState.record, schedule, Math.max(due, now))) };
}

/** The state keeps no such moment: it is when the next token of the resource was made. */
function replacedAt({ inState }: Row): number | undefined {
  if (inState?.role !== "retiring") return undefined;
  const { current, retiring } = inState.token.state;
  const later = [...(current ? [current] : []), ...retiring]
    .map(({ creationTime }) => creationTime)
    .filter((at) => at > inState.record.creationTime);
  return later.length > 0 ? Math.min(...later) : undefined;
}

const texts = <T extends object>(origin: T): T =>
  Object.fromEntries(Object.entries(origin).map(([key, value]) => [key, quote(String(value))])) as T;

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** By workspace, kind and name; of one name the oldest first. */
function inOrder(a: AuditedToken, b: AuditedToken): number {
  return (
    compare(a.host, b.host) ||
    KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) ||
    compare(a.name ?? "", b.name ?? "") ||
    compare(a.createdAt ?? "", b.createdAt ?? "")
  );
}
