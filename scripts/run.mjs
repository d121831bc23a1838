import { spawn } from "node:child_process";
import { constants } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { resolveTestArguments } from "./test-arguments.mjs";
import { ensureBuilt } from "./toolchain/build.mjs";
import { ensureEngine } from "./toolchain/engine.mjs";
import { ensurePackages } from "./toolchain/packages.mjs";

/**
 * What the npm commands run: installs what is missing (packages, dist/, the Pulumi CLI), then the task, under the Node
 * of the development dependencies. Itself it needs nothing but a Node of the last years. package.json starts it by
 * `exec`: else npm's SIGTERM would end the shell in between, and this process would run on.
 */
const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "..");

const script = (name) => (args) => [
  "node",
  "--require",
  "ts-node/register/transpile-only",
  `scripts/${name}.ts`,
  ...args,
];

/** biome colours whatever FORCE_COLOR says, in a log too. */
const colour = process.stdout.isTTY ? [] : ["--colors=off"];

/** `needs` is asked before the command: what a task does without is not installed for it. */
const TASKS = {
  build: { needs: () => ["dist"] },
  demo: { needs: () => ["dist", "engine"], command: script("demo") },
  test: {
    parse: (args) => resolveTestArguments(ROOT, args),
    needs: (args) => (needsEngine(args) ? ["dist", "engine"] : ["dist"]),
    command: script("test"),
    // Whoever reads only the last line learns of every failure there.
    onFailure: () => process.stdout.write("\n0 passed, 1 failed\n"),
  },
  lint: { needs: () => [], command: (args) => ["biome", "ci", ...colour, ...args, "."] },
  typecheck: { needs: () => ["dist"], command: (args) => ["tsc", "--noEmit", ...args] },
  bench: { needs: () => ["dist", "engine"], command: script("bench") },
  installations: { needs: () => ["dist"], command: script("installations") },
  types: { needs: () => ["dist"], command: script("types") },
  workspace: { needs: () => [], command: script("workspace") },
  pulumi: { needs: () => ["dist", "engine"], cwd: process.env.INIT_CWD, command: (args) => ["pulumi", ...args] },
};

/** Only these drive the real CLI; without a folder all tests run. */
const needsEngine = (args) => {
  const folders = args.filter((arg) => arg.startsWith("test/"));
  return folders.length === 0 || folders.some((folder) => /^test\/($|engine|faults($|\/kill))/.test(folder));
};

async function main(task, given) {
  const stopping = new AbortController();
  const interrupt = (name) => stopping.abort(Object.assign(new Error(`Interrupted (${name})`), { signalName: name }));
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const name of signals) process.on(name, interrupt);
  const args = task.parse?.(given) ?? given;
  const env = await prepare(task.needs(args), stopping.signal);
  for (const name of signals) process.off(name, interrupt);
  stopping.signal.throwIfAborted();
  return task.command ? supervise(task.command(args), { cwd: task.cwd ?? ROOT, env }) : 0;
}

async function prepare(needs, signal) {
  await ensurePackages(ROOT, { signal });
  const bin = join(ROOT, "node_modules", ".bin");
  const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true", PATH: [bin, process.env.PATH].join(":") };
  if (needs.includes("dist")) await ensureBuilt(ROOT, { env, signal });
  if (needs.includes("engine")) {
    const engine = await ensureEngine(env, { signal });
    // @pulumi/pulumi holds the plugin that runs dynamic providers.
    env.PATH = [bin, engine, join(ROOT, "node_modules", "@pulumi", "pulumi"), process.env.PATH].join(":");
  }
  return env;
}

/** The task's exit code. It shares this process's group, so that it can read the terminal. */
function supervise([command, ...args], { cwd, env }) {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { cwd, env, stdio: "inherit" });
    // Ctrl-C reaches the whole group: passed on it would count twice, and Pulumi takes the second for "kill now".
    process.on("SIGINT", () => undefined);
    for (const name of ["SIGTERM", "SIGHUP"]) process.on(name, () => child.kill(name));
    child.once("error", failed);
    child.once("close", (code, name) => done(code ?? codeOf(name)));
  });
}

const codeOf = (signalName) => 128 + (constants.signals[signalName] ?? 1);

const [name = "", ...args] = process.argv.slice(2);
const task = TASKS[name];
try {
  if (!task) throw new Error(`There is no task "${name}"; there are ${Object.keys(TASKS).join(", ")}`);
  process.exitCode = await main(task, args);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  task?.onFailure?.();
  process.exitCode = error.signalName ? codeOf(error.signalName) : 1;
}
