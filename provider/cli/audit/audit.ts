import { statSync } from "node:fs";
import { resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { resolveHost, settingsFrom, type WorkspaceInput } from "../../credentials";
import { DatabricksTokensError } from "../../errors";
import { surroundings, useConfig } from "../../process/surroundings";
import { stackConfig } from "../stack-config";
import { exitCodeOf } from "./exit-code";
import { type ExportedState, readExport } from "./exported-state";
import { classify, KINDS, type Kind, type Row } from "./kinds";
import { lockOfBackend } from "./lock";
import { asJson, asText, type Report } from "./report";
import { type Plan, plan, revokeAll, type Wish } from "./revocation";
import { isSealed, look, type Sight } from "./sight";
import { exportIn, exportOf, organizationIn } from "./stack-export";

export const AUDIT_HELP = `Usage: databricks-tokens audit [OPTIONS]

Whose is each token of the workspaces that a stack names, and what is due. The Pulumi CLI reads the stack, so its sign-in
and passphrase must be at hand; workspaces are signed in to as the provider does. An administrator sees everybody's
tokens, others their own. No secret is printed.

  --stack NAME        the stack, such as dev or organization/project/dev  (default: the one that is selected)
  --dir DIR           the folder of its project                           (default: the current folder)
  --state FILE        a state that \`pulumi stack export\` wrote, instead of a stack
  --json              for programs: docs/audit.md tells the shape
  --fail-on KIND      exit with 2 if there is one of this kind; may be repeated
                      (${KINDS.join(", ")})
  --ignore-unclaimed  unclaimed tokens don't count in the exit code

  --revoke-orphans    revokes the orphans, and proves each gone
  --revoke ID         revokes an orphan or an unclaimed token; may be repeated. Others are refused, always
  --yes               does not ask before it revokes

Nothing is revoked while a Pulumi run holds the stack's lock, nor what is so young that it may be in flight. In a bucket
(azblob, s3, gs, postgres) the lock is taken for a moment to tell: a run that starts just then is refused.

Exit codes: 0 fine, 1 something is due or expires within a week, 2 orphans or unclaimed tokens, 3 could not tell,
or a revocation was refused.
`;

export interface Options {
  readonly stack?: string;
  readonly dir?: string;
  readonly state?: string;
  readonly json: boolean;
  readonly failOn: readonly Kind[];
  readonly ignoreUnclaimed: boolean;
  /** What is to be revoked; absent: nothing. */
  readonly wish?: Wish;
  readonly yes: boolean;
}

/** Runs `databricks-tokens audit`; gives the report and the exit code. What keeps it from telling is code 3, always. */
export async function audit(args: string[]): Promise<{ text: string; code: number }> {
  let report: Report;
  let json = args.includes("--json");
  try {
    const options = readArguments(args);
    json = options.json;
    if (options.dir !== undefined) enter(options.dir);
    report = await examined(options);
  } catch (error) {
    if (!(error instanceof DatabricksTokensError)) throw error;
    if (!json) process.stderr.write(`error: ${error.message}\n`);
    report = { exitCode: 3, sights: [], rows: [], problems: [error], advice: [] };
    return { text: json ? asJson(report) : "", code: 3 };
  }
  const terminal = process.stdout.isTTY === true;
  const paper = { width: terminal ? process.stdout.columns : undefined, colour: terminal && !process.env["NO_COLOR"] };
  return { text: json ? asJson(report) : asText(report, paper), code: report.exitCode };
}

/** What is there at one moment: the state, and then the workspaces that it names. */
export interface Finding {
  readonly state: ExportedState;
  readonly sights: readonly Sight[];
  readonly rows: readonly Row[];
  readonly problems: readonly DatabricksTokensError[];
}

async function examined(options: Options): Promise<Report> {
  if (options.wish) return revoked(options, options.wish);
  const { failOn, ignoreUnclaimed } = options;
  progress("Reading the state");
  const found = await find(options);
  const exitCode = exitCodeOf(found.rows, { couldNotTell: couldNotTell(found), ignoreUnclaimed, failOn });
  return { ...found, exitCode, advice: [] };
}

const couldNotTell = ({ problems, sights }: Finding): boolean =>
  problems.length > 0 || sights.some(({ problem }) => problem !== undefined);

async function find(options: Options): Promise<Finding> {
  const text = options.state === undefined ? await exportOf(options.stack) : exportIn(options.state);
  const state = readExport(text, organizationIn(options.stack));
  const problems = [...state.problems];
  if (isSealed(state.tokens)) {
    const lists = "the ids of retiring tokens and candidates are encrypted in this state, so some kinds are not sure";
    problems.push(new DatabricksTokensError("STACK_UNREADABLE", `${lists}. Export it with --show-secrets`));
  }
  if (options.state === undefined) {
    const config = await stackConfig(options.stack, process.cwd(), namespacesOf(state));
    if (config.problem) problems.push(config.problem);
    useConfig({ get: (key) => config.values.get(key) });
  }
  const workspaces = state.workspaces.size > 0 ? state.workspaces : configured();
  if (workspaces.size > 0) progress(`Listing the tokens of ${[...workspaces.keys()].join(", ")}`);
  const sights = await Promise.all([...workspaces].map(([host, inputs]) => look(host, inputs, state)));
  const rows = classify(
    state,
    sights.flatMap(({ seen }) => (seen ? [seen] : [])),
  );
  return { state, sights, rows, problems };
}

/** Of the stack's config: those in which a resource's workspace has its sign-in. */
const namespacesOf = ({ workspaces }: ExportedState): string[] => [
  ...new Set(["databricks", ...[...workspaces.values()].flat().flatMap((item) => item.configNamespace ?? [])]),
];

/** List, export, and no run before, after, and before each token: then what is lost is lost. */
async function revoked(options: Options, wish: Wish): Promise<Report> {
  const lock = await lockOfBackend(options.stack);
  const look = async (): Promise<Finding> => {
    const before = readExport(await exportOf(options.stack), organizationIn(options.stack));
    await lock(before.stacks);
    const listed = await find(options);
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
    await confirmed(revoke);
    const agreed = new Set(revoke.map(({ tokenId }) => tokenId));
    // Time went by.
    found = await look();
    ({ revoke, outcomes } = planned(found));
    revoke = revoke.filter(({ tokenId }) => agreed.has(tokenId));
  }
  const { state, sights } = found;
  const done = [...outcomes, ...(await revokeAll(revoke, sights, () => lock(state.stacks)))];
  const gone = new Set(done.filter(({ outcome }) => outcome === "revoked").map(({ tokenId }) => tokenId));
  const rows = found.rows.filter(({ tokenId }) => !gone.has(tokenId));
  const failed = done.some(({ outcome }) => outcome === "refused" || outcome === "failed");
  const exitCode = exitCodeOf(rows, { ...options, couldNotTell: failed || couldNotTell(found) });
  return { ...found, rows, exitCode, revocation: done, advice: adviceFor(state, rows, options.stack) };
}

function adviceFor({ pendingOperations }: ExportedState, rows: readonly Row[], stack: string | undefined): string[] {
  if (pendingOperations === 0 || rows.some(({ kind }) => kind === "orphan")) return [];
  const named = stack === undefined ? "" : ` --stack ${stack}`;
  return [
    `${pendingOperations} pending operation(s) of a run that was cut off stand in the state, and no token of theirs is ` +
      `left. To clear them: pulumi refresh --clear-pending-creates${named}`,
  ];
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
  const lines = rows.map(({ kind, tokenId, host }) => `  ${kind} ${tokenId} on ${host}\n`);
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await asking.question(`${lines.join("")}Revoke ${rows.length} token(s)? Type yes: `);
    if (answer.trim() !== "yes") throw invalid("Nothing is revoked");
  } finally {
    asking.close();
  }
}

/** A stack whose first run was cut off names no workspace yet: the one that the provider would have taken. */
function configured(): ReadonlyMap<string, readonly WorkspaceInput[]> {
  const host = resolveHost({}, surroundings())?.host;
  return new Map(host === undefined ? [] : [[host, [{}]]]);
}

const invalid = (what: string): DatabricksTokensError =>
  new DatabricksTokensError("INVALID_INPUT", `${what}; see databricks-tokens audit --help`);

function readArguments(args: string[]): Options {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const parse = () =>
    parseArgs({
      args,
      options: {
        ...{ stack: text, dir: text, state: text, json: flag, "ignore-unclaimed": flag },
        ...{ "revoke-orphans": flag, yes: flag },
        revoke: { type: "string", multiple: true, default: [] as string[] },
        "fail-on": { type: "string", multiple: true, default: [] as string[] },
      },
    }).values;
  let values: ReturnType<typeof parse>;
  try {
    values = parse();
  } catch (error) {
    throw invalid((error as Error).message.split(". ")[0] ?? "");
  }
  const { stack, dir, state, json, "fail-on": failOn, "ignore-unclaimed": ignoreUnclaimed } = values;
  const isKind = (name: string): name is Kind => (KINDS as readonly string[]).includes(name);
  const unknown = failOn.filter((name) => !isKind(name));
  if (unknown.length > 0) throw invalid(`--fail-on: no kind ${unknown.join(", ")}; there are ${KINDS.join(", ")}`);
  if (state !== undefined && stack !== undefined)
    throw invalid("--state and --stack name two states: give one of them");
  const wish: Wish = { orphans: values["revoke-orphans"], ids: values.revoke };
  const revokes = wish.orphans || wish.ids.length > 0;
  if (revokes && state !== undefined) throw invalid("--state has no lock to look at: revoke with --stack");
  return {
    ...(revokes && { wish }),
    yes: values.yes,
    ...(stack !== undefined && { stack }),
    ...(dir !== undefined && { dir }),
    // Named from where the command was started, not from --dir.
    ...(state !== undefined && { state: resolve(state) }),
    ...{ json, ignoreUnclaimed, failOn: failOn.filter(isKind) },
  };
}

function enter(dir: string): void {
  if (!statSync(dir, { throwIfNoEntry: false })?.isDirectory()) throw invalid(`--dir: there is no folder ${dir}`);
  process.chdir(dir);
}

/** For whoever waits at a terminal. */
function progress(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`${what} …\n`);
}
