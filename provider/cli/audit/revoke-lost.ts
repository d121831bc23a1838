import { createInterface } from "node:readline/promises";
import { settingsFrom } from "../../credentials";
import { surroundings } from "../../process/surroundings";
import { foreignText } from "../../workspace/foreign-text";
import type { Report } from "./document";
import { exitCodeOf } from "./exit-code";
import { readExport } from "./exported-state";
import { couldNotTell, type Finding, find } from "./finding";
import { classify, type Row } from "./kinds";
import { lockOfBackend } from "./lock";
import { invalid, type Options } from "./options";
import type { Progress } from "./progress";
import { type Plan, plan, revokeAll, type Wish } from "./revocation";
import { exportOf, organizationIn } from "./stack-export";

/** A report that has yet to say what is left to do. */
export type Judged = Omit<Report, "advice">;

/** List, export, and no run before, after, and before each token: then what is lost is lost. */
export async function revokeLost(options: Options, wish: Wish, progress: Progress): Promise<Judged> {
  progress.step("Looking for runs under way");
  const lock = await lockOfBackend();
  const look = async (): Promise<Finding> => {
    const before = readExport(await exportOf(options.stack), organizationIn(options.stack));
    await lock(before.stacks);
    const listed = await find(options, progress);
    // Exported after the listing: what a run had finished by then is known.
    const state = readExport(await exportOf(options.stack), organizationIn(options.stack));
    await lock(state.stacks);
    const rows = classify(
      state,
      listed.sights.flatMap(({ seen }) => (seen ? [seen] : [])),
    );
    return { ...listed, state, rows };
  };
  const planned = (found: Finding): Plan => plan(found.rows, wish, operationMsOf(found));
  let found = await look();
  let { revoke, outcomes } = planned(found);
  if (revoke.length > 0 && !options.yes) {
    progress.clear();
    await confirmed(revoke);
    const agreed = new Set(revoke.map(({ tokenId }) => tokenId));
    // Time went by.
    found = await look();
    ({ revoke, outcomes } = planned(found));
    revoke = revoke.filter(({ tokenId }) => agreed.has(tokenId));
  }
  const { state, sights } = found;
  let begun = 0;
  const allowed = async (): Promise<void> => {
    progress.step("Revoking", [begun++, revoke.length]);
    await lock(state.stacks);
  };
  const done = [...outcomes, ...(await revokeAll(revoke, sights, allowed))];
  const gone = new Set(done.filter(({ outcome }) => outcome === "revoked").map(({ tokenId }) => tokenId));
  const rows = found.rows.filter(({ tokenId }) => !gone.has(tokenId));
  const failed = done.some(({ outcome }) => outcome === "refused" || outcome === "failed");
  const exitCode = exitCodeOf(rows, { ...options, couldNotTell: failed || couldNotTell(found) });
  return { ...found, rows, exitCode, revocation: done };
}

/** The longest operation of any workspace's settings. */
function operationMsOf({ state }: Finding): number {
  const around = surroundings();
  const workspaces = [...state.workspaces.values()].flat();
  return Math.max(...[{}, ...workspaces].map((workspace) => settingsFrom(workspace, around).operationTimeoutMs));
}

/** @throws DatabricksTokensError INVALID_INPUT without a yes */
async function confirmed(rows: readonly Row[]): Promise<void> {
  if (!process.stdin.isTTY) throw invalid(`${rows.length} token(s) would be revoked: nobody can be asked, say --yes`);
  const lines = rows.map((row) => `  ${row.kind} ${row.tokenId} on ${row.host}${more(row)}\n`);
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await asking.question(`${lines.join("")}Revoke ${rows.length} token(s)? Type yes: `);
    if (answer.trim() !== "yes") throw invalid("Nothing is revoked");
  } finally {
    asking.close();
  }
}

/** A token of another backend's stack of this name looks unclaimed from here: one that is in use says so. */
function more({ owner, listed, creationTime }: Row): string {
  const day = (time: number): string => new Date(time).toISOString().slice(0, 10);
  const used = listed?.lastUsedDay === undefined ? "" : `, last used on ${day(listed.lastUsedDay)}`;
  return `, of ${foreignText(owner) || "an unknown owner"}, made on ${day(creationTime)}${used}`;
}
