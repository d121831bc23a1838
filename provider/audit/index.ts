export type { Kind, TokenListing } from "./rows";

import { type AuditDocument, documentOf, type ListedWorkspace } from "./document";
import { exitCodeOf, type Judgement } from "./exit-code";
import { readExport } from "./exported-state";
import { classify } from "./kinds";
import { unseenOwnersOf } from "./unseen-owners";

/** Whose is each token? Pure: nothing here calls a workspace or the Pulumi CLI. docs/audit.md says what the words mean. */

export type { AuditDocument, AuditedToken, AuditedWorkspace, ListedWorkspace } from "./document";
export type { ExitCode } from "./exit-code";
export type { Flag } from "./flags";

export type AuditOptions = Omit<Judgement, "couldNotTell">;

/**
 * What `databricks-tokens audit --json` prints, from the text of `pulumi stack export --show-secrets` and the listings of
 * the workspaces that it names.
 * @throws DatabricksTokensError STATE_NOT_OURS where the text is no export of a stack
 */
export function audit(
  exported: string,
  listings: readonly ListedWorkspace[],
  options: AuditOptions = {},
): AuditDocument {
  const state = readExport(exported);
  const seen = listings.flatMap(({ tokenListing }) => tokenListing ?? []);
  const rows = classify(state, seen);
  const problems = [...state.problems, ...seen.flatMap((listing) => unseenOwnersOf(listing, state))];
  // A workspace that the state names and nobody listed is one that could not be told.
  const asked = new Set(seen.map(({ host }) => host));
  const isWhole = [...state.workspaces.keys()].every((host) => asked.has(host));
  const isOpen = state.tokens.every(({ sealed }) => !sealed);
  const couldNotTell = problems.length > 0 || !isWhole || !isOpen;
  return documentOf({
    exitCode: exitCodeOf(rows, { ...options, couldNotTell }),
    ...{ state, listings, rows, problems, advice: [] },
  });
}
