import { randomBytes } from "node:crypto";
import { copyFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Secret } from "../../provider/secret";
import { markComment } from "../../provider/token/marker";
import { readInputs, type TokenRecord, writeState } from "../../provider/token/state";
import type { LocalWorkspace } from "../workspace";
import { type Exported, Stack } from "./stack";

/** A stack of as many tokens as one likes, on the real backend, in the seconds that one `up` and one import take. */

const PROGRAM = `
const { DatabricksToken } = require("pulumi-databricks-tokens");
new DatabricksToken("t0", { comment: "the first", scopes: ["clusters"] });
`;
const TOKEN_TYPE = "pulumi-nodejs:dynamic/databricks:Token";
const SECRET = "4dabf18193072939515e22adb298388d";
const DAY_MS = 86_400_000;
const DAY_SECONDS = 86_400;

export interface Size {
  /** Token resources of the state. Every second one has a retiring token besides. */
  readonly resources: number;
  /** Tokens of the workspace in all. */
  readonly tokens: number;
  /** Users to whom the others belong. */
  readonly users: number;
}

/**
 * The stack signs in by its config, as a secret. The first token is made by a real `up`; the others are minted behind the
 * API's back, and their resources made after the first one's with what the package itself writes.
 */
export async function importedStack(workspace: LocalWorkspace, size: Size): Promise<Stack> {
  const stack = await Stack.ofSource(workspace, PROGRAM);
  try {
    await stack.must("config", "set", "databricks:host", workspace.host);
    await stack.must("config", "set", "--secret", "databricks:token", workspace.admin.token);
    await stack.up();
    // Beside the program, where a tool of the user's looks for it.
    copyFileSync(join(stack.home, "Pulumi.dev.yaml"), join(stack.folder, "Pulumi.dev.yaml"));
    const before = stack.printed;
    const state = JSON.parse(await stack.must("stack", "export", "--show-secrets"));
    stack.printed = before;
    const resources = state.deployment.resources as Exported[];
    const first = resources.find(({ type }) => type === TOKEN_TYPE)!;
    for (let index = 1; index < size.resources; index++) resources.push(another(first, index, workspace));
    const file = join(stack.home, "import.json");
    writeFileSync(file, JSON.stringify(state), { mode: 0o600 });
    await stack.must("stack", "import", "--file", file);
    rmSync(file);
    mintOthers(workspace, size);
    return stack;
  } catch (error) {
    stack.remove();
    throw error;
  }
}

function another(first: Exported, index: number, workspace: LocalWorkspace): Exported {
  const name = `t${index}`;
  const nonce = randomBytes(12).toString("hex");
  const known = readInputs(first.inputs);
  const origin = { ...known.origin, name };
  const comment = `deploys service ${index} of the platform`;
  const mint = (daysAgo: number, more: Partial<TokenRecord> = {}): TokenRecord => {
    const marked = markComment(comment, origin, nonce);
    return recordOf(minted(workspace, workspace.admin, marked, daysAgo, ["clusters"]), more);
  };
  const age = index % 50;
  const state = {
    ...{
      inputs: { ...known, comment, origin, nonce },
      owner: workspace.admin.userName,
      unfinished: [],
      candidates: [],
    },
    current: mint(age),
    retiring: index % 2 === 1 ? [mint(age + 30, { revokeAfter: workspace.now() + 5 * DAY_MS })] : [],
  };
  const written = Object.entries(writeState(state, workspace.now()));
  return {
    ...first,
    ...{ urn: first.urn.replace(/::t0$/, `::${name}`), id: nonce },
    inputs: { ...first.inputs, comment, origin, nonce },
    outputs: { ...first.outputs, ...Object.fromEntries(written.map(([key, value]) => [key, inState(value)])) },
  };
}

/** A secret as an exported state has it, whose import encrypts it. */
function inState(value: unknown): unknown {
  const { [SECRET]: mark, value: inner } = Object(value) as Record<string, unknown>;
  return mark === undefined ? value : { [SECRET]: mark, plaintext: JSON.stringify(inner) };
}

const recordOf = (
  { tokenId, value, creationTime, expiryTime }: ReturnType<LocalWorkspace["mint"]>,
  more: Partial<TokenRecord>,
): TokenRecord => ({ tokenId, tokenValue: new Secret(value), creationTime, expiryTime, ...more });

function minted(
  workspace: LocalWorkspace,
  owner: LocalWorkspace["admin"],
  comment: string,
  daysAgo: number,
  scopes?: string[],
) {
  workspace.setClock(Date.now() - daysAgo * DAY_MS);
  const token = workspace.mint(owner, { comment, lifetimeSeconds: 90 * DAY_SECONDS, ...(scopes && { scopes }) });
  workspace.setClock(undefined);
  if (daysAgo > 0) token.lastUsedDay = Date.now() - (daysAgo % 7) * DAY_MS;
  return token;
}

/** Of each three that are not this stack's, one is another stack's and two are people's own. */
function mintOthers(workspace: LocalWorkspace, { tokens, users }: Size): void {
  const owners = Array.from({ length: users }, (_, index) => workspace.addUser(`user${index}@example.com`));
  const elsewhere = { organization: "organization", project: "engine-test", stack: "prod", name: "ci" };
  for (let index = workspace.tokens({ all: true }).length; index < tokens; index++) {
    const nonce = randomBytes(12).toString("hex");
    const theirs = index % 3 === 0 ? markComment("nightly", elsewhere, nonce) : `laptop ${index}, für René's notebook`;
    minted(workspace, owners[index % users]!, theirs, index % 80);
  }
}
