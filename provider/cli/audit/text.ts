import type { AuditDocument, AuditedToken, AuditedWorkspace } from "../../audit/document";
import { KINDS, type Kind } from "../../audit/rows";
import { table } from "./table";
import type { Terminal } from "./terminal";
import { timeline } from "./timeline";

/** More tokens of others in a workspace than so many are summed up: it is this stack that was asked about. */
const MOST_OTHERS = 20;
const OTHERS: readonly Kind[] = ["other-stack", "not-ours"];

/** For people: each workspace with its tokens and their lifetimes, what could not be read, what is left to do. */
export function asText(document: AuditDocument, terminal: Terminal): string {
  const { workspaces, tokens, problems, revocation, advice } = document;
  const parts = workspaces.flatMap((workspace) => {
    const here = tokens.filter(({ host }) => host === workspace.host);
    const now = Date.parse(workspace.listedAt ?? "");
    return [
      [titleOf(workspace), listing(here, terminal)].filter((part) => part !== "").join("\n"),
      timeline(here, now, terminal),
    ];
  });
  for (const { text, code } of problems) parts.push(`Could not tell: ${text} [${code}]`);
  parts.push(counts(tokens));
  for (const kind of ["orphan", "unclaimed"] as const) {
    const ids = tokens
      .filter((token) => token.kind === kind && !token.flags.includes("expired"))
      .map(({ tokenId }) => tokenId);
    if (ids.length > 0 && !revocation) parts.push(`${TO_DO[kind]}\n${ids.map((id) => `  ${id}`).join("\n")}`);
  }
  if (revocation) {
    const outcomes = revocation.map(
      ({ tokenId, outcome, reason }) => `${outcome} ${tokenId}${reason && `: ${reason}`}`,
    );
    parts.push(outcomes.join("\n") || "Nothing was to be revoked.");
  }
  return [...parts, ...advice].filter((part) => part !== "").join("\n\n");
}

const TO_DO = {
  orphan: "Orphans, which no state has but whose nonce it knows; --revoke-orphans revokes them:",
  unclaimed:
    "Unclaimed: this stack's marker, but an unknown nonce, or a sign that it may be somebody's; --revoke ID revokes one:",
};

const titleOf = (workspace: AuditedWorkspace): string => `${workspace.host}: ${coverageOf(workspace)}`;

/** Whose tokens are seen there. */
export function coverageOf({ sees, owners, problem }: AuditedWorkspace): string {
  if (sees === "nothing") return `could not be read: ${problem?.text} [${problem?.code}]`;
  if (sees === "all") return "everybody's tokens, by token management";
  const whose = owners.join(", ") || "this sign-in";
  return `the tokens of ${whose} alone: token management is for administrators`;
}

/** The table, and in place of very many tokens of others what they are. */
function listing(tokens: readonly AuditedToken[], terminal: Terminal): string {
  if (tokens.length === 0) return "";
  const others = tokens.filter(({ kind }) => OTHERS.includes(kind));
  const summed = !terminal.all && others.length > MOST_OTHERS;
  const shown = summed ? tokens.filter(({ kind }) => !OTHERS.includes(kind)) : tokens;
  const sums = summed ? OTHERS.flatMap((kind) => sumOf(others, kind)) : [];
  return [...(shown.length > 0 ? [table(shown, terminal)] : []), ...sums].join("\n");
}

function sumOf(tokens: readonly AuditedToken[], kind: Kind): string[] {
  const these = tokens.filter((token) => token.kind === kind);
  if (these.length === 0) return [];
  const owners = new Set(these.map(({ owner }) => owner)).size;
  const flags = new Map<string, number>();
  for (const flag of these.flatMap((token) => token.flags)) flags.set(flag, (flags.get(flag) ?? 0) + 1);
  const flagged = [...flags].map(([flag, count]) => `${count} ${flag}`).join(", ");
  const whose = owners === 1 ? "1 user" : `${owners} users`;
  return [`${kind}: ${these.length} tokens of ${whose}${flagged && ` (${flagged})`}; --all lists them`];
}

/** How many there are of each kind. */
export function counts(tokens: readonly AuditedToken[]): string {
  const byKind = KINDS.map((kind) => [tokens.filter((token) => token.kind === kind).length, kind] as const);
  const there = byKind.filter(([count]) => count > 0).map(([count, kind]) => `${count} ${kind}`);
  return there.join(", ") || "No tokens.";
}
