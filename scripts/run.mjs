import { spawn } from "node:child_process";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureEngine } from "./toolchain/engine.mjs";
import { ensureBuilt, ensurePackages } from "./toolchain/packages.mjs";

/**
 * What the npm commands run: installs what is missing (packages, dist/, the Pulumi CLI), then the task, under the Node
 * of the development dependencies. Itself it needs nothing but a Node of the last years.
 */
const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const TS_NODE = ["--require", "ts-node/register/transpile-only"];

const TASKS = {
  demo: { engine: true, command: (args) => ["node", [...TS_NODE, "scripts/demo.ts", ...args]] },
  test: { engine: true, command: (args) => ["node", [...TS_NODE, "scripts/test.ts", ...args]] },
  bench: { engine: true, command: (args) => ["node", [...TS_NODE, "scripts/bench.ts", ...args]] },
  workspace: { engine: false, command: (args) => ["node", [...TS_NODE, "scripts/workspace.ts", ...args]] },
  pulumi: { engine: true, cwd: process.env.INIT_CWD, command: (args) => ["pulumi", args] },
};

async function main([name, ...args]) {
  const task = TASKS[name];
  if (!task) throw new Error(`there is no task ${name}; there are ${Object.keys(TASKS).join(", ")}`);
  await ensurePackages(ROOT);
  const path = [join(ROOT, "node_modules", ".bin"), process.env.PATH].join(":");
  const env = { ...process.env, PATH: path, PULUMI_SKIP_UPDATE_CHECK: "true" };
  await ensureBuilt(ROOT, env);
  if (task.engine) {
    const engine = await ensureEngine(env);
    // @pulumi/pulumi holds the plugin that runs dynamic providers.
    env.PATH = [
      join(ROOT, "node_modules", ".bin"),
      engine,
      join(ROOT, "node_modules", "@pulumi", "pulumi"),
      process.env.PATH,
    ].join(":");
  }
  const [command, rest] = task.command(args);
  const child = spawn(command, rest, { cwd: task.cwd ?? ROOT, env, stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  child.once("error", (error) => fail(error));
  child.once("close", (code) => {
    process.exitCode = code ?? 1;
  });
}

function fail(error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

main(process.argv.slice(2)).catch(fail);
