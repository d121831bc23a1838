import { join, resolve } from "node:path";
import { Packed } from "../test/engine/package";
import { cachedPackages } from "../test/install/cached";
import { complaints, FLOOR, LIBS, typedProject } from "../test/install/types";

/** The packed types under every compiler that users may have: the table of docs/installation.md. Takes some minutes. */

const COMPILERS = [FLOOR.typescript, "5.0.4", "5.4.5", "5.9.3", "6.0.3", "7.0.2"];
const EVERY_LIB = "5.9.3";
const OURS = join(resolve(__dirname, ".."), "node_modules");

/** Options by the name of the resolution; undefined where this compiler has none of that name. */
function resolutions(version: string): Array<[string, object | undefined]> {
  const major = Number(version.split(".")[0]);
  const node = major < 6 ? {} : major === 6 ? { ignoreDeprecations: "6.0" } : undefined;
  const bundler = { module: "esnext", moduleResolution: "bundler", exactOptionalPropertyTypes: true };
  const node16 = { module: "node16", moduleResolution: "node16", exactOptionalPropertyTypes: true };
  return [
    ["node", node],
    ["node16", node16],
    ["bundler", major >= 5 ? bundler : undefined],
  ];
}

async function needed(title: string, packages: readonly string[]): Promise<string> {
  const modules = await cachedPackages(title, packages);
  if (!modules) throw new Error(`The packages of ${title} can't be installed`);
  return modules;
}

async function main(): Promise<void> {
  const aliases = COMPILERS.map((version) => `ts${version}@npm:typescript@${version}`);
  const compilers = await needed("typescript", aliases);
  const packed = await Packed.pack();
  let failed = 0;
  try {
    const projects = [
      ["3.139.0, 18", await typedProject(packed, "floor", await needed("sdk-floor", FLOOR.packages))],
      ["3.270.0, 22", await typedProject(packed, "newest", OURS)],
    ] as const;
    console.log("| TypeScript | SDK, @types/node | node | node16 | bundler |\n| --- | --- | --- | --- | --- |");
    for (const version of COMPILERS) {
      for (const [sdk, place] of projects) {
        const cells: string[] = [];
        for (const [, options] of resolutions(version)) {
          const compiler = join(compilers, `ts${version}`, "bin", "tsc");
          const cell = options ? await under(place, compiler, version, options) : "–";
          if (cell.startsWith("FAILS")) failed += 1;
          cells.push(cell);
        }
        console.log(`| ${version} | ${sdk} | ${cells.join(" | ")} |`);
      }
    }
  } finally {
    packed.remove();
  }
  process.exitCode = failed > 0 ? 1 : 0;
}

/** `fine`, or how many lines the compiler had to say of Pulumi's or Node's own types, or of ours. */
async function under(place: string, compiler: string, version: string, options: object): Promise<string> {
  const libs = version === EVERY_LIB ? LIBS : ["es2016", "es2020", "es2022", "esnext"];
  const pulumis: string[] = [];
  for (const lib of libs) {
    const said = await complaints(place, compiler, { ...options, target: lib, lib: [lib] });
    if (said.ours.length > 0) return `FAILS with lib ${lib}: ${said.ours[0]}`;
    if (said.pulumis.length > 0) pulumis.push(lib);
  }
  return pulumis.length === 0 ? "fine" : `Pulumi's or Node's own fail (lib ${pulumis.join(", ")})`;
}

void main();
