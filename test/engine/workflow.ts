import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { ROOT } from "./stack";

interface Workflow {
  jobs: Record<string, { env?: Record<string, string>; steps: Array<{ name?: string; run?: string; shell?: string }> }>;
}

/** What is left when a step is over. */
interface StepEnded {
  readonly code: number | null;
  /** What it wrote into the job's summary. */
  readonly summary: string;
  readonly stderr: string;
}

/**
 * Runs a step of a GitHub workflow as its runner would, in `cwd`. `npx --no databricks-tokens` is this repository's: a
 * runner would have installed the package.
 */
export async function runStep(
  path: string,
  name: string,
  cwd: string,
  env: Record<string, string>,
): Promise<StepEnded> {
  const { jobs } = parse(readFileSync(path, "utf8")) as Workflow;
  const step = Object.values(jobs)
    .flatMap(({ steps }) => steps)
    .find((item) => item.name === name);
  if (step?.run === undefined || step.shell !== "bash") throw new Error(`${path} has no bash step ${name}`);
  const folder = mkdtempSync(join(tmpdir(), "pdt-step-"));
  try {
    const npx = join(folder, "npx");
    const main = join(ROOT, "dist", "cli", "main.js");
    writeFileSync(
      npx,
      `#!/bin/sh\n[ "$1 $2" = "--no databricks-tokens" ] || exit 127\nshift 2\nexec "${process.execPath}" "${main}" "$@"\n`,
    );
    chmodSync(npx, 0o755);
    const script = join(folder, "step.sh");
    writeFileSync(script, step.run);
    const summary = join(folder, "summary.md");
    writeFileSync(summary, "");
    const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", script], {
      cwd,
      env: { ...env, PATH: `${folder}:${env["PATH"] ?? ""}`, GITHUB_STEP_SUMMARY: summary },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let stderr = "";
    child.stderr.on("data", (chunk) => (stderr += chunk));
    const code = await new Promise<number | null>((done) => child.once("close", done));
    return { code, summary: readFileSync(summary, "utf8"), stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
