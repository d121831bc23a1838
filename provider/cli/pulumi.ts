import { type Ended, runProgram } from "../credentials/program";
import { DatabricksTokensError } from "../errors";
import { foreignText } from "../workspace/foreign-text";

/** A backend that does not answer must not hold its asker for ever. */
const TIMEOUT_MS = 120_000;

export type Ran = Omit<Ended, "timedOut">;

/** Runs the Pulumi CLI in the current folder; its sign-in to the backend and its passphrase are the caller's. */
export async function pulumi(
  args: readonly string[],
  {
    cwd = ".",
    env: given = process.env,
    ...limits
  }: { cwd?: string; env?: NodeJS.ProcessEnv; timeoutMs?: number; graceMs?: number } = {},
): Promise<Ran> {
  const env = { ...given, PULUMI_SKIP_UPDATE_CHECK: "true", NO_COLOR: "1" };
  try {
    return await runProgram("pulumi", args, { cwd, env, timeoutMs: TIMEOUT_MS, ...limits });
  } catch (cause) {
    const text = "The Pulumi CLI can't be started: install it, or put its folder on the PATH";
    throw new DatabricksTokensError("PULUMI_NOT_FOUND", text, { cause });
  }
}

/** How a run of the Pulumi CLI failed: what it said, fit to be quoted. */
export function failureOf({ code, stderr }: Ran): string {
  const said = foreignText(stderr);
  if (code !== null) return said || `the Pulumi CLI ended with ${code}`;
  return `the Pulumi CLI did not end within ${TIMEOUT_MS / 1000} s, or was ended${said && ` (it said: ${said})`}`;
}
