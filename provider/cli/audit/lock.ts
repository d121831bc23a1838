import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DatabricksTokensError } from "../../errors";
import { foreignText } from "../../workspace/foreign-text";
import { failureOf, pulumi } from "../pulumi";
import type { StackName } from "./exported-state";
import { probe } from "./lock-probe";
import { wholeName } from "./stack-name";

/**
 * Throws RUN_UNDER_WAY while a Pulumi run holds the stack's lock, LOCK_UNKNOWN where that can't be told. `names`: those
 * that the state which was read knows itself by.
 */
export type Lock = (names: readonly StackName[]) => Promise<void>;

const unknown = (why: string): DatabricksTokensError =>
  new DatabricksTokensError(
    "LOCK_UNKNOWN",
    `Whether a Pulumi run holds the stack's lock can't be told: ${why}. Nothing is revoked: a run that is under way ` +
      "may have just made the token. Revoke it by hand once no run is",
  );

/** Backends whose locks are objects that only the Pulumi CLI can read with its sign-in. */
const BUCKETS = ["azblob:", "s3:", "gs:", "postgres:"];

/** A stack as its backend calls it today. */
interface Own {
  /** As a whole: `organization/project/stack`, or where projects are not told apart `stack`. */
  readonly name: string;
  readonly project: string;
  readonly stack: string;
}

/** The lock of a stack (absent: of the one that is selected) in the backend that the Pulumi CLI is signed in to. */
export async function lockOfBackend(stack: string | undefined): Promise<Lock> {
  const ran = await pulumi(["whoami", "--verbose", "--json", "--non-interactive"]);
  if (ran.code !== 0) throw unknown(failureOf(ran));
  const { url } = Object(parse(ran.stdout)) as { url?: unknown };
  if (typeof url !== "string") throw unknown("the Pulumi CLI does not name its backend");
  const assertFree = lockIn(url);
  // Asked for once, and not before the state was exported: that a stack is missing is told there.
  let name: string | undefined;
  return async (names) => {
    name ??= await wholeName(stack).catch(asUnknown);
    await assertFree(ownOf(name, names));
  };
}

/** How a backend tells. */
function lockIn(url: string): (own: Own) => void | Promise<void> {
  if (url.startsWith("file://")) {
    const folder = folderOf(url);
    return ({ name }) => assertNoLock(folder, name);
  }
  if (url.startsWith("https://")) return assertNoUpdate;
  if (BUCKETS.some((scheme) => url.startsWith(scheme))) return (own) => assertFreeInBucket(url, own);
  throw unknown(`locks of a backend of ${foreignText(url.split(":")[0] ?? "")} can't be read from here`);
}

function asUnknown(error: Error): never {
  throw error instanceof DatabricksTokensError ? unknown(error.text) : error;
}

/** Selected anew in between, or a state that was imported from elsewhere: the lock would be another stack's. */
function ownOf(name: string, names: readonly StackName[]): Own {
  const [stack = "", project] = name.split("/").reverse();
  const own = names.find((item) => item.stack === stack && (project === undefined || item.project === project));
  if (!own) throw unknown(`the state is not that of stack ${foreignText(name)}`);
  return { name, stack, project: own.project };
}

function folderOf(url: string): string {
  const path = url.slice("file://".length);
  if (path === "~" || path.startsWith("~/")) return join(homedir(), path.slice(1));
  return path.startsWith("/") && URL.canParse(url) ? fileURLToPath(url) : path;
}

/** Pulumi keeps a file for each lock, in a folder for each stack, which is named as the stack as a whole. */
export function assertNoLock(folder: string, name: string): void {
  const state = join(folder, ".pulumi");
  if (!existsSync(state)) throw unknown("the folder of the backend has no .pulumi");
  const locks = join(state, "locks", ...name.split("/"));
  let found: string[];
  try {
    found = existsSync(locks) ? readdirSync(locks) : [];
  } catch (error) {
    throw unknown(`its folder can't be read (${(error as NodeJS.ErrnoException).code ?? "unknown"})`);
  }
  if (found.some((file) => file.endsWith(".json"))) throw underWay(name);
}

async function assertFreeInBucket(url: string, { name, project }: Own): Promise<void> {
  const answer = await probe(url, name, project);
  if (answer === "held") throw underWay(name);
  if (answer !== "free") throw unknown(foreignText(answer.why));
}

async function assertNoUpdate({ project, stack }: Own): Promise<void> {
  const ran = await pulumi(["stack", "ls", "--all", "--json", "--non-interactive"]);
  if (ran.code !== 0) throw unknown(failureOf(ran));
  const stacks = parse(ran.stdout);
  const listed = (Array.isArray(stacks) ? stacks : []).map((item) => Object(item) as Record<string, unknown>);
  const ours = listed.filter((item) => {
    const parts = String(item["name"]).split("/");
    return parts.at(-1) === stack && (parts.length < 3 || parts[1] === project);
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
    `A Pulumi run holds the lock of stack ${foreignText(stack)}: nothing is revoked meanwhile. Wait for its end; if it was ` +
      `killed, run \`pulumi cancel\` first`,
  );

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw unknown("what the Pulumi CLI printed is no JSON");
  }
}
