import assert from "node:assert/strict";
import { sortedIds } from "./held";
import type { Stack } from "./stack";
import { databricksTokens } from "./tool";

interface AuditRow {
  readonly kind: string;
  readonly tokenId: string;
  readonly flags: readonly string[];
  readonly marker: { readonly project: string; readonly stack: string; readonly nonce: string } | null;
}

export interface Audited {
  readonly code: number;
  readonly pendingOperations: number;
  readonly tokens: readonly AuditRow[];
  readonly problems: ReadonlyArray<{ readonly code: string }>;
  readonly revocation: ReadonlyArray<{ readonly tokenId: string; readonly outcome: string; readonly reason: string }>;
  readonly advice: readonly string[];
}

/** What `databricks-tokens audit --json` finds for a stack; `name` is another one than its own after a rename. */
export async function auditOf(stack: Stack, args: readonly string[] = [], name = stack.name): Promise<Audited> {
  const { code, stdout, stderr } = await databricksTokens(
    ["audit", "--json", "--stack", name, "--dir", stack.folder, ...args],
    { cwd: stack.home, env: stack.env },
  );
  for (const { value } of stack.workspace.tokens({ all: true }))
    assert.ok(![stdout, stderr].some((text) => text.includes(value)), "a token is printed");
  const { exitCode, revocation, ...report } = JSON.parse(stdout);
  assert.equal(exitCode, code);
  return { code, ...report, revocation: revocation ?? [] };
}

/** Ids of one kind, sorted. */
export const ofKind = ({ tokens }: Audited, kind: string): string[] =>
  sortedIds(tokens.filter((row) => row.kind === kind));

/** Ids of what became of those that were to be revoked, sorted. */
export const withOutcome = ({ revocation }: Audited, outcome: string): string[] =>
  sortedIds(revocation.filter((item) => item.outcome === outcome));
