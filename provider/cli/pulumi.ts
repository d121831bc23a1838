import { spawn } from "node:child_process";
import { DatabricksTokensError } from "../errors";

/** A backend that does not answer must not hold its asker for ever. */
const TIMEOUT_MS = 120_000;

export interface Ran {
  /** null: it did not end by itself. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the Pulumi CLI in the current folder; its sign-in to the backend and its passphrase are the caller's. */
export function pulumi(
  args: readonly string[],
  { cwd = ".", env: given = process.env }: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Ran> {
  return new Promise((done, failed) => {
    const env = { ...given, PULUMI_SKIP_UPDATE_CHECK: "true", NO_COLOR: "1" };
    const child = spawn("pulumi", args, { cwd, stdio: ["ignore", "pipe", "pipe"], env });
    // Not by spawn's own option: it would hold this process that long where the CLI can't be started.
    const timer = setTimeout(() => child.kill(), TIMEOUT_MS);
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (chunk) => (stdout += chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk) => (stderr += chunk));
    child.once("error", (cause) => {
      clearTimeout(timer);
      const text = "The Pulumi CLI can't be started: install it, or put its folder on the PATH";
      failed(new DatabricksTokensError("PULUMI_NOT_FOUND", text, { cause }));
    });
    child.once("close", (code) => {
      clearTimeout(timer);
      done({ code, stdout, stderr });
    });
  });
}

/** How a run of the Pulumi CLI failed, where it said nothing. */
export const ending = ({ code }: Ran): string =>
  code === null ? `the Pulumi CLI did not end within ${TIMEOUT_MS / 1000} s` : `the Pulumi CLI ended with ${code}`;
