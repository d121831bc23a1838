import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DatabricksTokensError } from "../../errors";
import { foreignText } from "../../workspace/foreign-text";
import { ending, pulumi } from "../pulumi";
import type { StackName } from "./exported-state";
import { probe } from "./lock-probe";
import { wholeName } from "./stack-name";

/** Throws RUN_UNDER_WAY while a Pulumi run holds the lock of one of the names, LOCK_UNKNOWN where that can't be told. */
export type Lock = (names: readonly StackName[]) => Promise<void>;

const unknown = (why: string): DatabricksTokensError =>
  new DatabricksTokensError(
    "LOCK_UNKNOWN",
    `Whether a Pulumi run holds the stack's lock can't be told: ${why}. Nothing is revoked: a run that is under way ` +
      "may have just made the token. Revoke it by hand once no run is",
  );

/** Backends whose locks are objects that only the Pulumi CLI can read with its sign-in. */
const BUCKETS = ["azblob:", "s3:", "gs:", "postgres:"];

/** The lock of a stack (absent: of the one that is selected) in the backend that the Pulumi CLI is signed in to. */
export async function lockOfBackend(stack: string | undefined): Promise<Lock> {
  const ran = await pulumi(["whoami", "--verbose", "--json", "--non-interactive"]);
  if (ran.code !== 0) throw unknown(foreignText(ran.stderr) || ending(ran));
  const { url } = Object(parse(ran.stdout)) as { url?: unknown };
  if (typeof url !== "string") throw unknown("the Pulumi CLI does not name its backend");
  if (url.startsWith("file://")) {
    const folder = folderOf(url);
    return async (names) => assertNoLock(folder, names);
  }
  if (url.startsWith("https://")) return assertNoUpdate;
  if (BUCKETS.some((scheme) => url.startsWith(scheme))) {
    // Asked for once, and not before the state was exported: that a stack is missing is told there.
    let name: string | undefined;
    return async (names) => {
      name ??= await wholeName(stack).catch(asUnknown);
      await assertFree(url, name, names);
    };
  }
  throw unknown(`locks of a backend of ${foreignText(url.split(":")[0] ?? "")} can't be read from here`);
}

function asUnknown(error: Error): never {
  throw error instanceof DatabricksTokensError ? unknown(error.text) : error;
}

function folderOf(url: string): string {
  const path = url.slice("file://".length);
  if (path === "~" || path.startsWith("~/")) return join(homedir(), path.slice(1));
  return path.startsWith("/") && URL.canParse(url) ? fileURLToPath(url) : path;
}

/** Pulumi keeps a file for each lock, in a folder for each stack; before projects were told apart, by the stack alone. */
export function assertNoLock(folder: string, names: readonly StackName[]): void {
  const state = join(folder, ".pulumi");
  if (!existsSync(state)) throw unknown("the folder of the backend has no .pulumi");
  if (names.length === 0) throw unknown("the state does not say what the stack is called");
  for (const { project, stack } of names) {
    for (const place of [join("organization", project, stack), stack]) {
      const locks = join(state, "locks", place);
      if (!existsSync(locks)) continue;
      if (readdirSync(locks).some((name) => name.endsWith(".json"))) throw underWay(stack);
    }
  }
}

async function assertFree(url: string, name: string, names: readonly StackName[]): Promise<void> {
  const [stack, project] = name.split("/").reverse();
  const own = names.find((item) => item.stack === stack && (project === undefined || item.project === project));
  // Selected anew in between, or a state that was imported from elsewhere: the lock would be another stack's.
  if (!own && names.length > 0) throw unknown(`the state is not that of stack ${foreignText(name)}`);
  const answer = await probe(url, name, project ?? own?.project ?? "none");
  if (answer === "held") throw underWay(name);
  if (answer !== "free") throw unknown(foreignText(answer.why));
}

async function assertNoUpdate(names: readonly StackName[]): Promise<void> {
  const ran = await pulumi(["stack", "ls", "--all", "--json", "--non-interactive"]);
  if (ran.code !== 0) throw unknown(foreignText(ran.stderr) || ending(ran));
  const stacks = parse(ran.stdout);
  const listed = (Array.isArray(stacks) ? stacks : []).map((item) => Object(item) as Record<string, unknown>);
  const ours = listed.filter(({ name }) => {
    const parts = String(name).split("/");
    return names.some(({ stack, project }) => parts.at(-1) === stack && (parts.length < 3 || parts[1] === project));
  });
  if (ours.length === 0) throw unknown("the backend does not list the stack");
  for (const { name, updateInProgress } of ours) {
    if (updateInProgress === true) throw underWay(String(name));
    if (updateInProgress !== false) throw unknown("the backend does not say whether an update is in progress");
  }
}

const underWay = (stack: string): DatabricksTokensError =>
  new DatabricksTokensError(
    "RUN_UNDER_WAY",
    `A Pulumi run holds the lock of stack ${foreignText(stack)}: nothing is revoked. Wait for its end; if it was ` +
      `killed, run \`pulumi cancel\` first`,
  );

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw unknown("what the Pulumi CLI printed is no JSON");
  }
}
