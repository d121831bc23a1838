import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { PACKAGE, Packed } from "../test/engine/package";
import { cachedPackages } from "../test/install/cached";

/** The tarball, installed by each package manager and loaded in each way: the table of docs/installation.md. */

const run = promisify(execFile);
const MANAGERS: ReadonlyArray<[name: string, packages: string[], bin: string, args: string[]]> = [
  ["npm", [], "", ["npm", "install", "--no-audit", "--no-fund"]],
  ["pnpm 10", ["pnpm@10"], "pnpm/bin/pnpm.cjs", ["install", "--ignore-workspace"]],
  ["Yarn 1", ["yarn@1.22.22"], "yarn/bin/yarn.js", ["install", "--no-lockfile"]],
  ["Yarn 4, node-modules", ["@yarnpkg/cli-dist@4"], "@yarnpkg/cli-dist/bin/yarn.js", ["install"]],
];

const PROGRAM = `
const made = (all) => Object.keys(all).filter((name) => typeof all[name] === "function").length;
export const check = (all, lifecycles) => {
  if (made(all) < 9 || typeof lifecycles.Token.create !== "function") throw new Error("not whole");
  console.log("fine");
};
`;
const LOADS: ReadonlyArray<[title: string, file: string, text: string, args: string[]]> = [
  [
    "require",
    "load.cjs",
    `const all = require("${PACKAGE}");
const from = require("module").createRequire(process.cwd() + "/");
import("./check.mjs").then(({ check }) => check(all, from("${PACKAGE}/lifecycle").lifecycles));`,
    [],
  ],
  [
    "import",
    "load.mjs",
    `import * as all from "${PACKAGE}";
import { lifecycles } from "${PACKAGE}/lifecycle";
import { check } from "./check.mjs";
check(all, lifecycles);`,
    [],
  ],
  [
    "Node's own TypeScript",
    "load.mts",
    `import { DatabricksToken, days } from "${PACKAGE}";
import * as all from "${PACKAGE}";
import { lifecycles } from "${PACKAGE}/lifecycle";
import { check } from "./check.mjs";
const seconds: number = days(1);
if (seconds !== 86400 || !DatabricksToken) throw new Error("not whole");
check(all, lifecycles);`,
    [],
  ],
];

async function main(): Promise<void> {
  const packed = await Packed.pack();
  let failed = 0;
  try {
    const tarball = readdirSync(packed.home).find((name) => name.endsWith(".tgz"))!;
    console.log(`| installed by | ${LOADS.map(([title]) => title).join(" | ")} |`);
    console.log(`| --- | ${LOADS.map(() => "---").join(" | ")} |`);
    for (const [name, packages, bin, args] of MANAGERS) {
      const place = mkdtempSync(join(tmpdir(), "pdt-installed-"));
      try {
        const [command, version] = await commandOf(name, packages, bin, args);
        write(place, join(packed.home, tarball));
        await run(command[0]!, command.slice(1), { cwd: place, env: environment(place), timeout: 300_000 });
        const cells = await Promise.all(LOADS.map((load) => loaded(place, load)));
        failed += cells.filter((cell) => cell !== "fine").length;
        console.log(`| ${name} (${version}) | ${cells.join(" | ")} |`);
      } catch (error) {
        failed += 1;
        console.log(`| ${name} | not installed: ${lineOf(error)} |`);
      } finally {
        rmSync(place, { recursive: true, force: true });
      }
    }
  } finally {
    packed.remove();
  }
  process.exitCode = failed > 0 ? 1 : 0;
}

async function commandOf(name: string, packages: string[], bin: string, args: string[]): Promise<[string[], string]> {
  if (packages.length === 0) return [args, (await run("npm", ["--version"])).stdout.trim()];
  const modules = await cachedPackages(name.replace(/\W+/g, "-").toLowerCase(), packages);
  if (!modules) throw new Error(`${packages.join(", ")} can't be had`);
  const [folder] = /^(@[^/]+\/)?[^/]+/.exec(bin)!;
  const { version } = JSON.parse(readFileSync(join(modules, folder, "package.json"), "utf8"));
  return [[process.execPath, join(modules, bin), ...args], version];
}

function write(place: string, tarball: string): void {
  const dependencies = { "@pulumi/pulumi": "3.270.0", [PACKAGE]: `file:${tarball}` };
  writeFileSync(join(place, "package.json"), JSON.stringify({ name: "installed", private: true, dependencies }));
  writeFileSync(
    join(place, ".yarnrc.yml"),
    "nodeLinker: node-modules\nenableGlobalCache: true\nenableTelemetry: false\n",
  );
  writeFileSync(join(place, "check.mjs"), PROGRAM);
  for (const [, file, text] of LOADS) writeFileSync(join(place, file), text);
  mkdirSync(join(place, "home"));
}

/** npm's registry as it is set here goes for the others too. */
const environment = (place: string): NodeJS.ProcessEnv => ({
  ...process.env,
  HOME: join(place, "home"),
  ...(process.env.npm_config_registry && { YARN_NPM_REGISTRY_SERVER: process.env.npm_config_registry }),
  CI: "",
});

async function loaded(place: string, [, file, , args]: (typeof LOADS)[number]): Promise<string> {
  try {
    const { stdout } = await run(process.execPath, [...args, file], { cwd: place });
    return stdout.trim().split("\n").at(-1) ?? "";
  } catch (error) {
    return `FAILS: ${lineOf(error)}`;
  }
}

const lineOf = (error: unknown): string =>
  ((error as { stderr?: string }).stderr || (error as { stdout?: string }).stdout || (error as Error).message)
    .split("\n")
    .find((line) => /error/i.test(line)) ?? (error as Error).message.split("\n")[0]!;

void main();
