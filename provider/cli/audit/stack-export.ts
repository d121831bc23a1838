import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { DatabricksTokensError } from "../../errors";
import { failureOf, pulumi } from "../pulumi";

/**
 * The stack's state as the Pulumi CLI exports it, through its pipe: it is written nowhere. With secrets in clear, for
 * the ids of retiring tokens and candidates are secret with their values.
 */
export async function exportOf(stack: string | undefined): Promise<string> {
  const named = stack === undefined ? [] : ["--stack", stack];
  const ran = await pulumi(["stack", "export", "--show-secrets", "--non-interactive", ...named]);
  if (ran.code === 0) return ran.stdout;
  throw new DatabricksTokensError(
    "STACK_UNREADABLE",
    `The state of ${stack === undefined ? "the selected stack" : `stack ${stack}`} can't be read: ` +
      `${failureOf(ran)}. Try: pulumi ${["stack", "export", ...named].join(" ")}`,
  );
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
