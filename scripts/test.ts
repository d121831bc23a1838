import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** Everything that CI checks, in order; the last line counts. `npm test -- FOLDER...` runs those tests alone. */

const ROOT = resolve(__dirname, "..");
const FOLDERS = [
  "unit",
  "states",
  "scripts",
  "examples",
  "property",
  "contract",
  "clients",
  "faults",
  "install",
  "engine",
].map((name) => `test/${name}`);
const TOKEN_LIKE = /dapi[0-9a-f]{32}/;
const counts = { passed: 0, failed: 0, skipped: 0 };

let running: ChildProcess | undefined;
let interrupted: NodeJS.Signals | undefined;
// Ctrl-C reaches the running command too, which ends by itself: mocha after the test at hand. SIGTERM is for us alone.
process.on("SIGINT", () => {
  interrupted = "SIGINT";
});
process.on("SIGTERM", () => {
  interrupted = "SIGTERM";
  running?.kill("SIGINT");
});

interface Finished {
  code: number;
  text: string;
}

function run(command: string, args: string[], show: boolean): Promise<Finished> {
  if (interrupted) throw new Error(`Interrupted (${interrupted})`);
  return new Promise((done, failed) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
    running = child;
    let text = "";
    for (const [from, to] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ] as const) {
      from.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
        if (show) to.write(chunk);
      });
    }
    child.once("error", failed);
    child.once("close", (code) => done({ code: code ?? 1, text }));
  });
}

async function check(title: string, command: string, ...args: string[]): Promise<void> {
  const started = Date.now();
  const { code, text } = await run(command, args, false);
  report(title, code === 0, `${((Date.now() - started) / 1000).toFixed(1)} s`);
  if (code !== 0) console.log(text.trimEnd().replace(/^/gm, "    "));
}

function report(title: string, good: boolean, note = ""): void {
  counts[good ? "passed" : "failed"] += 1;
  console.log(`${good ? "ok  " : "FAIL"}  ${title}${note && `  (${note})`}`);
}

/** What must never be committed. The patterns are put together here, so that this file does not match them. */
async function scanTracked(): Promise<void> {
  const patterns: Array<[string, string]> = [
    ["no literal looks like a real token", "dapi[0-9a-f]{32}"],
    ["no path of one machine", `(^|[^A-Za-z0-9_.~])/(${["root", "work", "farm"].join("|")})/[A-Za-z0-9._-]+`],
    [
      "no registry's address",
      `("resolved": *"https?:|https?://(${["registry", "proxy", "files", "index", "deb"].join("|")})\\.)`,
    ],
  ];
  for (const [title, pattern] of patterns) {
    const { code, text } = await run("git", ["grep", "-nIE", "-e", pattern, "--", "."], false);
    report(`committed files: ${title}`, code === 1);
    if (code !== 1) console.log(text);
  }
}

async function tests(args: string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "pdt-test-"));
  try {
    const file = join(folder, "counts.json");
    // mocha would colour for CI's sake; here only a terminal does.
    const colour = process.stdout.isTTY && !process.env.NO_COLOR ? "--color" : "--no-color";
    const reporter = ["--reporter", "scripts/test-reporter.cjs", "--reporter-option", `output=${file}`];
    const { code, text } = await run("mocha", [colour, ...reporter, ...args], true);
    const { passed, failed, pending } = countsOf(file);
    counts.passed += passed;
    counts.failed += failed;
    counts.skipped += pending.length;
    for (const title of pending) console.log(`not run: ${title}`);
    if (code !== 0 && failed === 0 && !interrupted) report(`mocha ended with ${code}`, false);
    else if (code === 0 && passed + failed + pending.length === 0) report("there is no such test", false);
    report("the output of the tests holds no token", !TOKEN_LIKE.test(text));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Mocha writes none if it does not even load the tests. */
function countsOf(file: string): { passed: number; failed: number; pending: string[] } {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return { passed: 0, failed: 0, pending: [] };
  }
}

async function main(args: string[]): Promise<void> {
  if (args.length === 0) {
    await check("lint and format (biome)", "biome", "ci", "--colors=off", "--max-diagnostics=20", ".");
    await check("types (tsc)", "tsc", "--noEmit");
    await check("package (publint)", "publint", "--strict");
    await check("package's types (attw)", "attw", "--pack", ".", "--profile", "node16");
    await scanTracked();
  }
  const target = args[0]?.startsWith("test/") ? [] : FOLDERS;
  await tests([...target, ...args]);
  if (interrupted) throw new Error(`Interrupted (${interrupted})`);
}

main(process.argv.slice(2))
  .catch((error: Error) => report(error.message, false))
  .finally(() => {
    const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : "";
    process.exitCode = counts.failed > 0 ? 1 : 0;
    console.log(`\n${counts.passed} passed, ${counts.failed} failed${skipped}`);
  });
