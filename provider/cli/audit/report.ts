import type { DatabricksTokensError } from "../../errors";
import { foreignText } from "../../workspace/foreign-text";
import type { ExitCode } from "./exit-code";
import type { ExportedState } from "./exported-state";
import { ageDays, daysLeft, flagsOf } from "./flags";
import { KINDS, type Row } from "./kinds";
import type { Outcome } from "./revocation";
import type { Sight } from "./sight";

/** What an audit found. docs/audit.md tells the shape of its JSON. */
export interface Report {
  readonly exitCode: ExitCode;
  /** Absent: it could not be read. */
  readonly state?: ExportedState;
  readonly sights: readonly Sight[];
  readonly rows: readonly Row[];
  readonly problems: readonly DatabricksTokensError[];
  /** What became of the tokens that were to be revoked; absent: none was asked for. */
  readonly revocation?: readonly Outcome[];
  /** What is left to do, for people. */
  readonly advice: readonly string[];
}

export function asJson(report: Report): string {
  const { exitCode, state, sights, rows, problems, revocation, advice } = report;
  const json = {
    version: 1,
    exitCode,
    stacks: state?.stacks ?? [],
    pendingOperations: state?.pendingOperations ?? 0,
    workspaces: sights.map(({ host, seen, problem }) => ({
      host,
      sees: seen ? (seen.owners === "all" ? "all" : "own") : "nothing",
      problem: problem ? problemOf(problem) : null,
    })),
    tokens: sorted(rows).map(tokenOf),
    problems: problems.map(problemOf),
    revocation: revocation ?? null,
    advice,
  };
  return JSON.stringify(json, null, 2);
}

const problemOf = ({ code, text }: DatabricksTokensError) => ({ code, text });
const time = (ms: number | undefined): string | null =>
  ms === undefined || ms <= 0 || ms > 8.64e15 ? null : new Date(ms).toISOString();

function tokenOf(row: Row) {
  const { kind, tokenId, host, held, listed, marker } = row;
  return {
    kind,
    tokenId,
    host,
    /** Of the resource. */
    name: nameOf(row) || null,
    owner: foreignText(row.owner) || null,
    // People paste into comments what they should not.
    comment: foreignText(row.comment),
    marker: marker ? { ...texts(marker.origin), nonce: marker.nonce } : null,
    role: held?.role ?? null,
    createdAt: time(row.creationTime),
    expiresAt: time(row.expiryTime),
    ageDays: ageDays(row) ?? null,
    daysLeft: daysLeft(row) ?? null,
    lastUsedOn: time(listed?.lastUsedDay)?.slice(0, 10) ?? null,
    retiringUntil: time(row.until),
    scopes: listed?.scopes?.map((scope) => foreignText(scope)) ?? null,
    flags: flagsOf(row),
  };
}

const texts = <T extends object>(origin: T): T =>
  Object.fromEntries(Object.entries(origin).map(([key, value]) => [key, foreignText(String(value))])) as T;

const nameOf = ({ held, marker }: Row): string => foreignText(held?.token.name ?? marker?.origin.name ?? "");

function sorted(rows: readonly Row[]): Row[] {
  const rank = (row: Row): number => KINDS.indexOf(row.kind);
  const text = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return [...rows].sort(
    (a, b) =>
      text(a.host, b.host) || rank(a) - rank(b) || text(nameOf(a), nameOf(b)) || a.creationTime - b.creationTime,
  );
}

const COLOURS: Readonly<Record<Row["kind"], number>> = {
  managed: 32,
  retiring: 36,
  orphan: 31,
  unclaimed: 31,
  "other-stack": 90,
  "not-ours": 90,
  dead: 33,
};

export interface Paper {
  /** Characters in a line; undefined: as long as it takes. */
  readonly width?: number | undefined;
  readonly colour: boolean;
}

const HEAD = ["KIND", "NAME", "OWNER", "AGE", "LEFT", "LAST USED", "TOKEN", "FLAGS", "COMMENT"];
const KIND = 0;
const [NAME_WIDTH, OWNER_WIDTH, TOKEN_WIDTH] = [28, 28, 12];
/** Narrower, a comment tells nothing. */
const LEAST_COMMENT = 10;

/** For people: a table for each workspace, what could not be read, what is left to do. */
export function asText(report: Report, paper: Paper): string {
  const { state, sights, rows, problems, revocation, advice } = report;
  const parts: string[] = [];
  for (const { host, seen, problem } of sights) {
    const here = sorted(rows.filter((row) => row.host === host));
    const scope = !seen
      ? `could not be read: ${problem?.text} [${problem?.code}]`
      : seen.owners === "all"
        ? "everybody's tokens, by token management"
        : `the tokens of ${seen.owners.map((owner) => foreignText(owner)).join(", ") || "this sign-in"} alone: token management is for administrators`;
    parts.push(`${host}: ${scope}\n${here.length > 0 ? table(here, paper) : ""}`.trimEnd());
  }
  if (state && sights.length === 0) parts.push("The state names no workspace.");
  for (const { text, code } of problems) parts.push(`Could not tell: ${text} [${code}]`);
  const counts = KINDS.map((kind) => [rows.filter((row) => row.kind === kind).length, kind] as const);
  parts.push(
    counts
      .filter(([count]) => count > 0)
      .map(([count, kind]) => `${count} ${kind}`)
      .join(", ") || "No tokens.",
  );
  for (const kind of ["orphan", "unclaimed"] as const) {
    const ids = rows.filter((row) => row.kind === kind).map(({ tokenId }) => tokenId);
    if (ids.length > 0 && !revocation) parts.push(`${TO_DO[kind]}\n${ids.map((id) => `  ${id}`).join("\n")}`);
  }
  if (revocation) {
    parts.push(
      revocation.map(({ tokenId, outcome, reason }) => `${outcome} ${tokenId}${reason && `: ${reason}`}`).join("\n") ||
        "Nothing was to be revoked.",
    );
  }
  return [...parts, ...advice].join("\n\n");
}

const TO_DO = {
  orphan: "Orphans, which no state has but whose nonce it knows; --revoke-orphans revokes them:",
  unclaimed: "Unclaimed: this stack's marker, and a nonce that no state knows; --revoke ID revokes one:",
};

function table(rows: readonly Row[], { width = Number.POSITIVE_INFINITY, colour }: Paper): string {
  const cells = [HEAD, ...rows.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...cells.map((line) => line[column]!.length)));
  const before = widths.slice(0, -1).reduce((sum, item) => sum + item + 2, 0);
  const comment = Math.max(LEAST_COMMENT, width - before);
  return cells
    .map((line, index) => {
      const padded = line.map((cell, column) =>
        column === line.length - 1 ? cut(cell, comment) : cell.padEnd(widths[column]!),
      );
      const kind = rows[index - 1]?.kind;
      if (colour && kind) padded[KIND] = `\x1b[${COLOURS[kind]}m${padded[KIND]}\x1b[39m`;
      return padded.join("  ").trimEnd();
    })
    .join("\n");
}

function cellsOf(row: Row): string[] {
  const days = (value: number | undefined, otherwise: string): string =>
    value === undefined ? otherwise : `${value} d`;
  const used = time(row.listed?.lastUsedDay)?.slice(0, 10);
  const flags = [...flagsOf(row), ...(row.until !== undefined ? [`until ${time(row.until)?.slice(0, 10)}`] : [])];
  return [
    row.kind,
    cut(nameOf(row), NAME_WIDTH),
    cut(foreignText(row.owner), OWNER_WIDTH),
    days(ageDays(row), "?"),
    days(daysLeft(row), "never"),
    used ?? (row.listed?.usageKnown ? "never" : "?"),
    foreignText(row.tokenId).slice(0, TOKEN_WIDTH),
    flags.join(", "),
    foreignText(row.comment),
  ];
}

const cut = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
