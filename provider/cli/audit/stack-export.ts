import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { DatabricksTokensError } from "../../errors";
import { foreignText } from "../../workspace/foreign-text";
import { projectIn } from "../project";
import { ending, pulumi } from "../pulumi";
import { selectedStack } from "../stack-config";

const ROOT = "pulumi:pulumi:Stack";

/**
 * The stack's state as the Pulumi CLI exports it, through its pipe: it is written nowhere. With secrets in clear, for
 * the ids of retiring tokens and candidates are secret with their values.
 */
export async function exportOf(stack: string | undefined): Promise<string> {
  const named = stack === undefined ? [] : ["--stack", stack];
  const ran = await pulumi(["stack", "export", "--show-secrets", "--non-interactive", ...named]);
  if (ran.code === 0) return withName(ran.stdout, stack);
  throw new DatabricksTokensError(
    "STACK_UNREADABLE",
    `The state of ${stack === undefined ? "the selected stack" : `stack ${stack}`} can't be read: ` +
      `${foreignText(ran.stderr) || ending(ran)}. Try: pulumi ${["stack", "export", ...named].join(" ")}`,
  );
}

/**
 * No resource of a stack that was emptied says its name any more, though tokens that a killed plugin left may have it in
 * their markers: the root resource that every run makes then stands in for the name.
 */
async function withName(exported: string, stack: string | undefined): Promise<string> {
  if (exported.includes('"urn"')) return exported;
  const state = parsed(exported);
  const parts = (stack ?? (await selectedStack()) ?? "").split("/");
  const name = parts.at(-1);
  const project = parts.length > 2 ? parts[1] : projectIn(process.cwd());
  if (!state || !name || !project) return exported;
  const urn = `urn:pulumi:${name}::${project}::${ROOT}::${project}-${name}`;
  return JSON.stringify({ ...state, deployment: { ...state.deployment, resources: [{ urn, type: ROOT }] } });
}

/** undefined: what can't be read is told by who reads the state. */
function parsed(exported: string): { deployment: object } | undefined {
  try {
    const state = JSON.parse(exported);
    return typeof state?.deployment === "object" && state.deployment !== null ? state : undefined;
  } catch {
    return undefined;
  }
}

/** What `--state` takes for standard input: a state with secrets in clear need not lie in a file. */
export const STANDARD_INPUT = "-";

/** A state that was exported into a file, or is piped in. */
export async function exportIn(path: string): Promise<string> {
  try {
    return await (path === STANDARD_INPUT ? text(process.stdin) : readFile(path, "utf8"));
  } catch (error) {
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    throw new DatabricksTokensError("STACK_UNREADABLE", `The file of --state can't be read (${code}): ${path}`);
  }
}

/** The organization in a stack's whole name; `organization` is what every stack outside of Pulumi Cloud has. */
export function organizationIn(stack: string | undefined): string {
  const parts = (stack ?? "").split("/");
  return parts.length > 1 && parts[0] ? parts[0] : "organization";
}
