import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabricksTokensError } from "../errors";
import { Secret } from "../secret";
import { foreignText } from "../workspace/foreign-text";
import { failureOf, pulumi } from "./pulumi";

/** What the provider reads of a stack's config, unless a resource names another namespace. Everything else is dropped. */
const NAMESPACES = ["databricks"];

/** The config of a stack as the Pulumi CLI gives it to its owner. */
export interface StackConfig {
  /** undefined: there is none, or its name could not be told. */
  readonly stack?: string;
  /** By full key: `databricks:host`. */
  readonly values: ReadonlyMap<string, string>;
  /** Keys that are set with `--secret`. */
  readonly secretKeys: readonly string[];
  /** Secret keys whose values could not be decrypted. */
  readonly locked: readonly string[];
  /** Why the config, or the secrets in it, can't be read. */
  readonly problem?: DatabricksTokensError;
}

const NOTHING = { values: new Map<string, string>(), secretKeys: [], locked: [] };

/**
 * The config of the stack `named`, else of the one that is selected in `folder`; without a project there is none.
 * `namespaces` is asked once the Pulumi CLI has answered: what tells them may be read meanwhile.
 */
export async function stackConfig(
  named: string | undefined,
  folder: string,
  namespaces: () => readonly string[] | Promise<readonly string[]> = () => NAMESPACES,
): Promise<StackConfig> {
  if (named === undefined && !hasProject(folder)) return NOTHING;
  try {
    const stack = named ?? (await selectedStack());
    return stack === undefined ? NOTHING : { stack, ...(await configOf(stack, namespaces)) };
  } catch (error) {
    if (!(error instanceof DatabricksTokensError)) throw error;
    return { ...NOTHING, ...(named !== undefined && { stack: named }), problem: error };
  }
}

/** As the Pulumi CLI looks for one: in the folder, and above it. */
function hasProject(folder: string): boolean {
  const here = ["yaml", "yml", "json"].some((ending) => existsSync(join(folder, `Pulumi.${ending}`)));
  return here || (dirname(folder) !== folder && hasProject(dirname(folder)));
}

async function selectedStack(): Promise<string | undefined> {
  const ran = await pulumi(["stack", "--show-name", "--non-interactive"]);
  const name = ran.stdout.trim();
  const what = "its name holds what no name of a stack does";
  if (name !== foreignText(name)) throw unreadable("The selected stack", ["stack", "--show-name"], what);
  if (ran.code === 0) return name || undefined;
  if (/no stack selected/i.test(ran.stderr)) return undefined;
  throw unreadable("The selected stack", ["stack", "--show-name"], failureOf(ran));
}

async function configOf(
  stack: string,
  namespaces: () => readonly string[] | Promise<readonly string[]>,
): Promise<Omit<StackConfig, "stack">> {
  const args = ["config", "--json", "--non-interactive", "--stack", stack];
  const what = `The config of stack ${stack}`;
  const shown = await pulumi([...args, "--show-secrets"]);
  if (shown.code === 0) return readConfig(shown.stdout, what, await namespaces());
  const problem = unreadable(what, ["config", "--stack", stack], failureOf(shown));
  // What is no secret needs no passphrase.
  const masked = await pulumi(args);
  return { ...(masked.code === 0 ? readConfig(masked.stdout, what, await namespaces()) : NOTHING), problem };
}

/** The answer of `pulumi config --json`. @throws DatabricksTokensError STACK_UNREADABLE, which quotes nothing of it */
export function readConfig(
  json: string,
  what: string,
  namespaces: readonly string[] = NAMESPACES,
): Omit<StackConfig, "stack"> {
  const values = new Map<string, string>();
  const [secretKeys, locked]: [string[], string[]] = [[], []];
  for (const [key, item] of Object.entries(parse(json, what))) {
    if (!namespaces.some((namespace) => key.startsWith(`${namespace}:`))) continue;
    const { value, secret } = Object(item) as { value?: unknown; secret?: unknown };
    if (secret === true) secretKeys.push(key);
    if (typeof value !== "string") locked.push(key);
    // A `Secret` once made, it is not printed whatever becomes of the value. A host says where; hidden it would say nothing.
    else values.set(key, secret === true && !key.endsWith(":host") ? new Secret(value).reveal() : value);
  }
  return { values, secretKeys, locked };
}

function parse(json: string, what: string): object {
  try {
    return Object(JSON.parse(json));
  } catch {
    // The parser's own error would quote a secret.
    throw unreadable(what, ["config"], "what the Pulumi CLI printed is no JSON");
  }
}

const unreadable = (what: string, command: readonly string[], why: string): DatabricksTokensError =>
  new DatabricksTokensError("STACK_UNREADABLE", `${what} can't be read: ${why}. Try: pulumi ${command.join(" ")}`);
