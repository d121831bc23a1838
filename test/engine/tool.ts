import { spawn } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "./stack";

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `databricks-tokens` in a process of its own. */
export async function databricksTokens(
  args: readonly string[],
  { cwd, env, input }: { cwd: string; env: Record<string, string>; input?: string | undefined },
): Promise<Ended> {
  const child = spawn(process.execPath, [join(ROOT, "dist", "cli", "main.js"), ...args], {
    cwd,
    env,
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout!.on("data", (chunk) => (stdout += chunk));
  child.stderr!.on("data", (chunk) => (stderr += chunk));
  child.stdin?.end(input);
  const code = await new Promise<number | null>((done) => child.once("close", done));
  return { code, stdout, stderr };
}
