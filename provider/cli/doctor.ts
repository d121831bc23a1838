import { statSync } from "node:fs";
import { parseArgs } from "node:util";
import { DatabricksTokensError } from "../errors";
import { surroundings, useConfig } from "../session/surroundings";
import {
  credentialsFor,
  expectedWorkspace,
  knowingAzureHost,
  resolveHost,
  type Surroundings,
  timeLimitsFrom,
} from "../sign-in";
import { currentUser, listTokens, tokenSettings, WorkspaceClient } from "../workspace";
import {
  type Attempt,
  hostFinding,
  identityFinding,
  lifetimeFinding,
  quotaFinding,
  signInFinding,
  skipped,
  stackFinding,
  tokensFinding,
} from "./findings";
import { asJson, asText, exitCodeOf, type Finding } from "./report";
import { type StackConfig, stackConfig } from "./stack-config";

export const DOCTOR_HELP = `Usage: databricks-tokens doctor [OPTIONS]

Shows which workspace and which sign-in hold for a stack, and whether tokens can be minted there. Changes nothing.

  --stack NAME      the stack, such as dev or organization/project/dev  (default: the one that is selected)
  --dir DIR         the folder of its project                           (default: the current folder)
  --json            for programs: docs/sign-in.md tells the shape

It reads what the provider reads: the stack's config (by the Pulumi CLI, whose sign-in and passphrase must be at hand),
the environment, ~/.databrickscfg. What a program sets in \`workspace\` of a resource it does not see. No secret is printed.

Exit codes: 0 all is well, 1 something is wrong, 2 wrong arguments, 3 could not tell.
`;

/** For all questions to the workspace together. */
const ASKING_MS = 60_000;

/** Runs `databricks-tokens doctor`; gives the report and the exit code. */
export async function doctor(args: string[]): Promise<{ text: string; code: number }> {
  const { stack, dir, json = false } = readArguments(args);
  // As the provider's process: relative names in the environment and in the config are meant from there.
  if (dir !== undefined) enter(dir);
  const config = await stackConfig(stack, process.cwd());
  useConfig({ get: (key) => config.values.get(key) });
  const findings = [stackFinding(config), ...(await examined(config, surroundings()))];
  const colour = process.stdout.isTTY === true && !process.env["NO_COLOR"];
  return { text: json ? asJson(findings) : asText(findings, colour), code: exitCodeOf(findings) };
}

function readArguments(args: string[]): { stack?: string; dir?: string; json?: boolean } {
  const text = { type: "string" } as const;
  try {
    return parseArgs({ args, options: { stack: text, dir: text, json: { type: "boolean" } } }).values;
  } catch (error) {
    throw invalid((error as Error).message.split(". ")[0] ?? "");
  }
}

const invalid = (what: string): DatabricksTokensError =>
  new DatabricksTokensError("INVALID_INPUT", `${what}; see databricks-tokens doctor --help`);

function enter(dir: string): void {
  if (!statSync(dir, { throwIfNoEntry: false })?.isDirectory()) throw invalid(`--dir: there is no folder ${dir}`);
  process.chdir(dir);
}

async function attempt<T>(act: () => T | Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await act() };
  } catch (error) {
    if (error instanceof DatabricksTokensError) return { error };
    throw error;
  }
}

/** From the host to the quota, as far as each leads to the next. */
async function examined({ locked }: StackConfig, around: Surroundings): Promise<Finding[]> {
  const known = await knowingAzureHost(around, {});
  const found = await attempt(() => resolveHost({}, known));
  const host = hostFinding(found);
  const rest = ["identity", "tokens", "lifetime", "quota"] as const;
  const without = (why: string): Finding[] => rest.map((check) => skipped(check, why));
  if (found.error || !found.value)
    return [host, skipped("sign-in", "there is no host"), ...without("there is no host")];

  const { host: origin } = found.value;
  const signedIn = await attempt(() => {
    const { credentials, problem } = credentialsFor(origin, {}, known);
    if (problem) throw problem;
    return { credential: credentials[0]!, settings: timeLimitsFrom({}, known) };
  });
  if (signedIn.error) return [host, signInFinding(signedIn, locked), ...without("nobody signs in")];

  const { credential: authorization, settings: timeLimits } = signedIn.value;
  const expected = expectedWorkspace(origin, {}, known);
  const options = { timeoutMs: timeLimits.httpTimeoutMs, env: known.env, ...(expected && { expected }) };
  const made = await attempt(() => new WorkspaceClient(origin, options));
  const signIn = signInFinding({ value: authorization }, locked);
  if (made.error) return [host, signIn, identityFinding(made), ...without("nobody is signed in").slice(1)];
  const client = made.value;
  try {
    const deadline = Date.now() + Math.min(timeLimits.operationTimeoutMs, ASKING_MS);
    const caller = { client, authorization, deadline };
    const who = await attempt(() => currentUser(caller, 1));
    // Only now: of several ways that are found on the machine, the first that works is taken.
    const start = [host, signInFinding({ value: authorization }, locked), identityFinding(who)];
    if (who.error && who.error.code !== "SCOPE_MISSING") {
      return [...start, ...without("nobody is signed in").slice(1)];
    }
    const [conf, list] = await Promise.all([attempt(() => tokenSettings(caller)), attempt(() => listTokens(caller))]);
    return [...start, tokensFinding(conf, list), lifetimeFinding(conf), quotaFinding(list, client.serverNow())];
  } finally {
    await client.close();
  }
}
