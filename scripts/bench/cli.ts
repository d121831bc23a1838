import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../test/engine/stack";

/** What a run of `databricks-tokens` took, as a whole process. */
export interface Measured {
  /** On the wall. */
  readonly seconds: number;
  /** Of these: while the Pulumi CLI ran. */
  readonly cli: number;
  /** Seconds of CPU of the process itself. */
  readonly cpu: number;
  /** The most memory that the process itself held. */
  readonly mb: number;
  readonly children: ReadonlyArray<{ command: string; from: number; until: number; mb: number }>;
}

/** Runs it once, of the build in `dist`. */
export async function measured(
  args: readonly string[],
  { cwd, env }: { cwd: string; env: Record<string, string> },
  dist = join(ROOT, "dist"),
): Promise<Measured> {
  const file = join(cwd, "probe.json");
  const probe = join(__dirname, "cli-probe.cjs");
  const start = performance.now();
  const child = spawn(process.execPath, ["--require", probe, join(dist, "cli", "main.js"), ...args], {
    cwd,
    env: { ...env, CLI_PROBE: file },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  // Read, and thrown away: a report may be megabytes.
  child.stdout.resume();
  child.stderr.on("data", (chunk) => (said += chunk));
  const code = await new Promise<number | null>((done) => child.once("close", done));
  const seconds = (performance.now() - start) / 1000;
  if (code === null || code > 2) throw new Error(`databricks-tokens ${args.join(" ")} exited ${code}: ${said}`);
  const probed = JSON.parse(readFileSync(file, "utf8")) as Pick<Measured, "mb" | "cpu" | "children">;
  return { seconds, cli: together(probed.children) / 1000, ...probed };
}

/** How long at least one of them ran, in ms. */
function together(spans: ReadonlyArray<{ from: number; until: number }>): number {
  let [sum, end] = [0, Number.NEGATIVE_INFINITY];
  for (const { from, until } of [...spans].sort((a, b) => a.from - b.from)) {
    sum += Math.max(0, until - Math.max(from, end));
    end = Math.max(end, until);
  }
  return sum;
}
