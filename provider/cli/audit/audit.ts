import { statSync } from "node:fs";
import { DatabricksTokensError } from "../../errors";
import { asJson, documentOf, type Report } from "./document";
import { exitCodeOf } from "./exit-code";
import { couldNotTell, find, readStack } from "./finding";
import { invalid, type Options, pageNamedIn, readArguments } from "./options";
import { asPage } from "./page/page";
import { writePage } from "./page-file";
import { paperOf } from "./paper";
import { type Progress, progressOn } from "./progress";
import { type Judged, revokeLost } from "./revoke-lost";
import { asText } from "./text";

/** Runs `databricks-tokens audit`; gives the report and the exit code. What keeps it from telling is code 3, always. */
export async function audit(args: string[]): Promise<{ text: string; code: number }> {
  const progress = progressOn(process.stderr);
  let report: Report;
  let json = args.includes("--json");
  let [all, failed] = [false, false];
  // Also of arguments that are wrong elsewhere; from where the command was started, not from --dir.
  const html = pageNamedIn(args);
  try {
    const options = readArguments(args);
    ({ json, all } = options);
    if (options.dir !== undefined) enter(options.dir);
    const judged = await examined(options, progress);
    report = { ...judged, advice: adviceFor(judged, options.stack) };
  } catch (error) {
    if (!(error instanceof DatabricksTokensError)) throw error;
    progress.clear();
    if (!json) process.stderr.write(`error: ${error.message}\n`);
    report = { exitCode: 3, sights: [], rows: [], problems: [error], advice: [] };
    failed = true;
  } finally {
    progress.clear();
  }
  if (html !== undefined) report = await withPage(html, report, json);
  const document = documentOf(report);
  if (json) return { text: asJson(document), code: report.exitCode };
  return { text: failed ? "" : asText(document, paperOf(process.stdout, process.env, all)), code: report.exitCode };
}

/** Writes the page; the report that is printed says if that failed, and has everything else all the same. */
async function withPage(file: string, report: Report, json: boolean): Promise<Report> {
  try {
    await writePage(file, asPage(documentOf(report), new Date()));
    if (process.stderr.isTTY) process.stderr.write(`The page is ${file}\n`);
    return report;
  } catch (error) {
    if (!(error instanceof DatabricksTokensError)) throw error;
    if (!json) process.stderr.write(`error: ${error.message}\n`);
    // Only JSON has room for it among what could not be told.
    return { ...report, exitCode: 3, problems: json ? [...report.problems, error] : report.problems };
  }
}

async function examined(options: Options, progress: Progress): Promise<Judged> {
  if (options.wish) return revokeLost(options, options.wish, progress);
  const found = await find(await readStack(options, progress), progress);
  return { ...found, exitCode: exitCodeOf(found.rows, { ...options, couldNotTell: couldNotTell(found) }) };
}

function adviceFor({ state, sights, rows }: Judged, stack: string | undefined): string[] {
  const pending = state?.pendingOperations ?? 0;
  if (pending === 0 || sights.some(({ problem }) => problem) || rows.some(({ kind }) => kind === "orphan")) return [];
  const named = stack === undefined ? "" : ` --stack ${stack}`;
  return [
    `${pending} pending operation(s) of a run that was cut off stand in the state, and no token of theirs is ` +
      `to be seen. To clear them: pulumi refresh --clear-pending-creates${named}`,
  ];
}

function enter(dir: string): void {
  if (!statSync(dir, { throwIfNoEntry: false })?.isDirectory()) throw invalid(`--dir: there is no folder ${dir}`);
  process.chdir(dir);
}
