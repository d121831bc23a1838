import { statSync } from "node:fs";
import { DatabricksTokensError } from "../../errors";
import { printed } from "../printed";
import { asJson, documentOf, type Report } from "./document";
import { exitCodeOf } from "./exit-code";
import { couldNotTell, find, readStack } from "./finding";
import { invalid, type Options, type Presentation, presentationIn, readArguments } from "./options";
import { asPage } from "./page/page";
import { writePage } from "./page-file";
import { paperOf } from "./paper";
import { type Progress, progressOn } from "./progress";
import { type Judged, revokeLost } from "./revoke-lost";
import { asText } from "./text";

/** Runs `databricks-tokens audit`; gives the report and the exit code. What keeps it from telling is code 3, always. */
export async function audit(args: string[]): Promise<{ text: string; code: number }> {
  const presentation = presentationIn(args);
  const { json, all } = presentation;
  const progress = progressOn(process.stderr);
  let report: Report;
  try {
    report = await examined(readArguments(args), progress);
  } catch (error) {
    report = { exitCode: 3, sights: [], rows: [], problems: [ours(error)], advice: [] };
  } finally {
    progress.clear();
  }
  const isRead = report.state !== undefined;
  if (!isRead) complain(report.problems[0]!, presentation);
  report = await withPage(report, presentation);
  const document = documentOf(report);
  if (json) return { text: asJson(document), code: report.exitCode };
  return { text: isRead ? asText(document, paperOf(process.stdout, process.env, all)) : "", code: report.exitCode };
}

/** A defect of this package must not look like "something is due". */
function ours(error: unknown): DatabricksTokensError {
  if (error instanceof DatabricksTokensError) return error;
  const text = `Something unexpected: ${error instanceof Error ? error.message : String(error)}. Please report it`;
  return new DatabricksTokensError("UNEXPECTED", text, { cause: error });
}

/** For people; in JSON it stands among the problems. */
function complain({ message }: DatabricksTokensError, { json }: Presentation): void {
  if (!json) process.stderr.write(printed(`error: ${message}\n`, false));
}

/** Writes the page; the report that is printed says if that failed, and has everything else all the same. */
async function withPage(report: Report, presentation: Presentation): Promise<Report> {
  const { json, html } = presentation;
  if (html === undefined) return report;
  try {
    await writePage(html, asPage(documentOf(report), new Date()));
    if (process.stderr.isTTY) process.stderr.write(printed(`The page is ${html}\n`, false));
    return report;
  } catch (error) {
    const problem = ours(error);
    complain(problem, presentation);
    return { ...report, exitCode: 3, problems: json ? [...report.problems, problem] : report.problems };
  }
}

async function examined(options: Options, progress: Progress): Promise<Report> {
  if (options.dir !== undefined) enter(options.dir);
  const judged = options.wish ? await revokeLost(options, options.wish, progress) : await looked(options, progress);
  return { ...judged, advice: adviceFor(judged, options.stack) };
}

async function looked(options: Options, progress: Progress): Promise<Judged> {
  const found = await find(await readStack(options, progress), progress);
  return { ...found, exitCode: exitCodeOf(found.rows, { ...options, couldNotTell: couldNotTell(found) }) };
}

function adviceFor({ exitCode, state, rows }: Judged, stack: string | undefined): string[] {
  const pending = state?.pendingOperations ?? 0;
  // What was not seen may be theirs, and their nonces are all that tells.
  if (pending === 0 || exitCode === 3 || rows.some(({ kind }) => kind === "orphan")) return [];
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
