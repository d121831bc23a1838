import { createInterface } from "node:readline/promises";
import type { Report } from "../../audit/document";
import { exitCodeOf } from "../../audit/exit-code";
import { classify } from "../../audit/kinds";
import { type Plan, plan, type RevocationRequest } from "../../audit/plan";
import type { Row } from "../../audit/rows";
import { quote } from "../../http/quote";
import { surroundings } from "../../session/surroundings";
import { timeLimitsFrom } from "../../sign-in";
import { couldNotTell, type Gathered, gather, readStack, readState } from "./gather";
import { lockOfBackend } from "./lock";
import { invalid, type Options } from "./options";
import type { Progress } from "./progress";
import { revokeAll } from "./revocation";

/** A report that has yet to say what is left to do. */
export type Judged = Omit<Report, "advice">;

/**
 * No run, list, no run, export, and no run before each token. Then what is lost is lost: of a run that began after the
 * first look and is over before the second the export knows; what a later one makes is not in the list.
 */
export async function revokeLost(options: Options, request: RevocationRequest, progress: Progress): Promise<Judged> {
  progress.step("Looking for runs under way");
  const lock = await lockOfBackend(options.stack);
  const look = async (): Promise<Gathered> => {
    const before = await readStack(options, progress);
    await lock(before.state.stacks);
    const listed = await gather(before, progress);
    await lock(before.state.stacks);
    const state = await readState(options);
    const rows = classify(
      state,
      listed.listings.flatMap(({ tokenListing }) => (tokenListing ? [tokenListing] : [])),
    );
    return { ...listed, state, rows };
  };
  const planned = (found: Gathered): Plan => plan(found.rows, request, operationMsOf(found));
  let found = await look();
  let { revoke, outcomes } = planned(found);
  if (revoke.length > 0 && !options.yes) {
    progress.clear();
    await confirmed(revoke);
    const agreed = new Set(revoke.map(keyOf));
    // Time went by.
    found = await look();
    ({ revoke, outcomes } = planned(found));
    revoke = revoke.filter((row) => agreed.has(keyOf(row)));
  }
  const { state, listings } = found;
  let begun = 0;
  const allowed = async (): Promise<void> => {
    progress.step("Revoking", [begun++, revoke.length]);
    await lock(state.stacks);
  };
  const done = [...outcomes, ...(await revokeAll(revoke, listings, allowed))];
  const gone = new Set(done.filter(({ outcome }) => outcome === "revoked").map(keyOf));
  const rows = found.rows.filter((row) => !gone.has(keyOf(row)));
  const failed = done.some(({ outcome }) => outcome === "refused" || outcome === "failed");
  const exitCode = exitCodeOf(rows, { ...options, couldNotTell: failed || couldNotTell(found) });
  return { ...found, rows, exitCode, revocation: done };
}

/** Two workspaces may have a token of one id. */
const keyOf = ({ host, tokenId }: { host: string | null; tokenId: string }): string => JSON.stringify([host, tokenId]);

/** The longest operation of any workspace's settings. */
function operationMsOf({ state }: Gathered): number {
  const around = surroundings();
  const workspaces = [...state.workspaces.values()].flat();
  return Math.max(...[{}, ...workspaces].map((workspace) => timeLimitsFrom(workspace, around).operationTimeoutMs));
}

/** @throws DatabricksTokensError INVALID_INPUT without a yes */
async function confirmed(rows: readonly Row[]): Promise<void> {
  if (!process.stdin.isTTY) throw invalid(`${rows.length} token(s) would be revoked: nobody can be asked, say --yes`);
  const lines = rows.map((row) => `  ${row.kind} ${quote(`${row.tokenId} on ${row.host}`)}${more(row)}\n`);
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    // Ctrl-C and Ctrl-D are a no.
    const answer = await asking.question(`${lines.join("")}Revoke ${rows.length} token(s)? Type yes: `).catch(() => "");
    if (answer.trim() !== "yes") throw invalid("Nothing is revoked");
  } finally {
    asking.close();
  }
}

/** A token of another backend's stack of this name looks unclaimed from here: one that is in use says so. */
function more({ owner, listed, creationTime }: Row): string {
  const day = (time: number): string => new Date(time).toISOString().slice(0, 10);
  const used = listed?.lastUsedDay === undefined ? "" : `, last used on ${day(listed.lastUsedDay)}`;
  return `, of ${quote(owner) || "an unknown owner"}, made on ${day(creationTime)}${used}`;
}
