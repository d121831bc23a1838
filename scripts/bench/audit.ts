import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { importedStack } from "../../test/engine/imported-stack";
import type { Stack } from "../../test/engine/stack";
import { LocalWorkspace } from "../../test/workspace";
import { type Measured, measured } from "./cli";

/**
 * `databricks-tokens audit` of a workspace with very many tokens, as whole processes with the real Pulumi CLI on a real
 * backend. What the CLI takes is told apart: it is not this package's. BENCH_AGAINST is the dist/ of another build,
 * below this repository: the two take turns, and the ratio is printed.
 */

const number = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);
const SIZE = {
  tokens: number("BENCH_AUDIT_TOKENS", 10_000),
  users: number("BENCH_AUDIT_USERS", 200),
  resources: number("BENCH_AUDIT_RESOURCES", 1_000),
};
const RUNS = number("BENCH_RUNS", 5);
const TARGET = "target: below 3 s, below 200 MB";
const AGAINST = process.env.BENCH_AGAINST;

interface Case {
  readonly title: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export async function benchAudit(): Promise<void> {
  const workspace = await LocalWorkspace.start();
  const folder = mkdtempSync(join(tmpdir(), "pdt-bench-"));
  let stack: Stack | undefined;
  try {
    process.stderr.write(`audit: ${SIZE.tokens} tokens, a state of ${SIZE.resources} resources …\n`);
    stack = await importedStack(workspace, SIZE);
    // Signed in by the stack's config, where there is one.
    const { DATABRICKS_HOST, DATABRICKS_TOKEN, ...env } = stack.env;
    const state = join(folder, "state.json");
    writeFileSync(state, await stack.must("stack", "export", "--show-secrets"), { mode: 0o600 });
    const page = join(folder, "audit.html");
    const here = ["audit", "--stack", stack.name, "--dir", stack.folder];
    const signedIn = { DATABRICKS_HOST: workspace.host, DATABRICKS_TOKEN: workspace.admin.token };
    const cases: Case[] = [
      { title: "text", args: here },
      { title: "--json", args: [...here, "--json"] },
      { title: "--all", args: [...here, "--all"] },
      { title: "--html", args: [...here, "--html", page] },
      { title: "--state", args: ["audit", "--state", state, "--json"], env: signedIn },
    ];
    console.log(
      `\naudit of ${SIZE.tokens} tokens of ${SIZE.users} users, a state of ${SIZE.resources} resources ` +
        `(${megabytes(readFileSync(state).length)} MB); ${RUNS} runs, ${TARGET}\n`,
    );
    console.log("           seconds, median (least-most)  of that CLI      rest  own CPU    own MB    CLI MB");
    const took = await inTurns(cases, { ...env }, folder, workspace);
    for (const { title } of cases) console.log(`${title.padEnd(9)}${row(took.get(title)!)}`);
    console.log(
      "\ncalls      ",
      [...new Set(workspace.calls.map(({ method, path }) => `${method} ${path}`))].join(", "),
    );
    const runs = median(took.get("text")!.map(({ children }) => children.length));
    const [text] = took.get("text")!;
    console.log(`Pulumi CLI  ${runs} runs: ${text!.children.map(({ command }) => command).join(", ")}`);
    console.log(`workspace   ${(await answering(workspace)).toFixed(2)} s of the rest, to answer with the list`);
    await absent(workspace, stack, here, env);
  } finally {
    stack?.remove();
    rmSync(folder, { recursive: true, force: true });
    await workspace.stop();
  }
}

/** Every case once, then again: what else the machine does meets all of them. */
async function inTurns(cases: readonly Case[], env: Record<string, string>, folder: string, workspace: LocalWorkspace) {
  const took = new Map<string, Measured[]>(cases.map(({ title }) => [title, []]));
  const others = new Map<string, Measured[]>(cases.map(({ title }) => [title, []]));
  for (let run = 0; run < RUNS; run++) {
    for (const { title, args, env: more } of cases) {
      process.stderr.write(`audit: ${title}, run ${run + 1} of ${RUNS} …\n`);
      workspace.calls.length = 0;
      if (AGAINST) others.get(title)!.push(await measured(args, { cwd: folder, env: { ...env, ...more } }, AGAINST));
      took.get(title)!.push(await measured(args, { cwd: folder, env: { ...env, ...more } }));
    }
  }
  for (const { title } of AGAINST ? cases : []) console.log(`${title.padEnd(9)}${row(others.get(title)!)}  (before)`);
  return took;
}

/** What the local workspace takes, whoever asks: seconds. */
async function answering(workspace: LocalWorkspace): Promise<number> {
  const start = performance.now();
  const headers = { authorization: `Bearer ${workspace.admin.token}` };
  await (await fetch(`${workspace.host}/api/2.0/token-management/tokens`, { headers })).text();
  return (performance.now() - start) / 1000;
}

/** Tokens of the state that are in no list are shown to the workspace one by one. */
async function absent(
  workspace: LocalWorkspace,
  stack: Stack,
  here: readonly string[],
  env: Record<string, string>,
): Promise<void> {
  const gone = workspace.tokens({ owner: workspace.admin.userName });
  for (const { tokenId } of gone) workspace.revoke(tokenId);
  workspace.faults.add({ kind: "slow", delayMs: 100, times: Number.POSITIVE_INFINITY });
  process.stderr.write("audit: tokens that are in no list …\n");
  const options = { cwd: stack.folder, env };
  const before = AGAINST ? await measured([...here, "--json"], options, AGAINST) : undefined;
  workspace.calls.length = 0;
  const after = await measured([...here, "--json"], options);
  console.log(
    `\nabsent     ${gone.length} tokens of the state in no list, 100 ms of latency; calls ${workspace.calls.length}`,
  );
  if (before) console.log(`         ${row([before])}  (before)`);
  console.log(`         ${row([after])}`);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}

const megabytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1);

function row(runs: readonly Measured[]): string {
  const of = (pick: (one: Measured) => number): number => median(runs.map(pick));
  const seconds = runs.map((one) => one.seconds);
  const spread = `(${Math.min(...seconds).toFixed(2)}-${Math.max(...seconds).toFixed(2)})`;
  const cells = [of(({ cli }) => cli), of(({ seconds, cli }) => seconds - cli), of(({ cpu }) => cpu)];
  const mb = [of((one) => one.mb), of((one) => Math.max(0, ...one.children.map((child) => child.mb)))];
  return (
    `${of((one) => one.seconds)
      .toFixed(2)
      .padStart(15)} ${spread.padEnd(14)}` +
    `${cells.map((value) => value.toFixed(2).padStart(10)).join("")}${mb.map((value) => value.toFixed(0).padStart(10)).join("")}`
  );
}
