import { execFile } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { PACKAGE, type Packed } from "../engine/package";

const run = promisify(execFile);

/** The lowest versions that README names. */
export const FLOOR = { typescript: "4.9.5", packages: ["@pulumi/pulumi@3.139.0", "@types/node@18.19.130"] };

/** What `pulumi new typescript` writes: nothing skips the check of libraries' types. */
export const PULUMI_DEFAULT = {
  strict: true,
  target: "es2020",
  module: "commonjs",
  moduleResolution: "node",
  sourceMap: true,
  experimentalDecorators: true,
  pretty: false,
  noFallthroughCasesInSwitch: true,
  noImplicitReturns: true,
  forceConsistentCasingInFileNames: true,
};

/** The libs, from the oldest that Pulumi's own types compile with. */
export const LIBS = ["es2016", "es2017", "es2018", "es2019", "es2020", "es2021", "es2022", "es2023", "esnext"];

const PROGRAM = `
import * as pulumi from "@pulumi/pulumi";
import * as tokens from "${PACKAGE}";
import { DatabricksToken, DatabricksTokensError, type DatabricksTokenArgs, type ErrorCode, days } from "${PACKAGE}";

const args: DatabricksTokenArgs = { lifetimeSeconds: days(30), scopes: ["jobs"], workspace: { profile: "ci" } };
const token = new DatabricksToken("ci", args, { protect: true });
const scope = new tokens.SecretScope("ci", { name: "ci" });
new tokens.Secret("ci", { scope: scope.name, key: "ci", stringValue: token.tokenValue });
new tokens.NetrcEntry("ci", { machine: token.host, password: token.tokenValue });
new tokens.DatabricksCfgProfile("ci", { profile: "ci", host: token.host, token: token.tokenValue });
new tokens.KeyringEntry("ci", { service: "databricks", username: "ci", password: token.tokenValue });
export const header: pulumi.Output<string> = token.authorizationHeader;
export const namespace: pulumi.Output<string | undefined> = token.workspace.apply((given) => given?.configNamespace);
export const code = (error: unknown): ErrorCode | undefined =>
  error instanceof DatabricksTokensError ? error.code : undefined;
export const made = new DatabricksTokensError("INVALID_INPUT", "text", { cause: new Error("why"), ambiguous: true });
export const got = (): never => DatabricksToken.get("ci", "id");
`;

/** Projects that have the package, Pulumi's SDK and Node's types from `modules`. */
export async function typedProject(packed: Packed, name: string, modules: string): Promise<string> {
  const place = packed.project(name, "");
  await packed.install(place);
  for (const folder of ["@pulumi", "@types"]) {
    rmSync(join(place, "node_modules", folder), { force: true });
    symlinkSync(join(modules, folder), join(place, "node_modules", folder));
  }
  mkdirSync(join(place, "src"));
  const lifecycle = `import { lifecycles } from "${PACKAGE}/lifecycle";\nexport const ours: object = lifecycles.Token;\n`;
  writeFileSync(join(place, "src", "lifecycle.ts"), lifecycle);
  writeFileSync(join(place, "src", "program.ts"), PROGRAM);
  writeFileSync(
    join(place, "src", "plain.ts"),
    'import * as pulumi from "@pulumi/pulumi";\nexport const all = pulumi.all;\n',
  );
  return place;
}

/**
 * What this compiler says of a program that uses all of the package, with these options; and how many lines more of a
 * program that uses Pulumi alone: those are not ours.
 */
export async function complaints(
  place: string,
  compiler: string,
  options: object,
): Promise<{ ours: string[]; pulumis: string[] }> {
  // The resolution `node` knows no `exports`, and so only the package's main.
  const mainAlone = !("moduleResolution" in options) || options.moduleResolution === "node";
  const said = await compile(place, compiler, options, ...(mainAlone ? ["program"] : ["program", "lifecycle"]));
  if (said.length === 0) return { ours: [], pulumis: [] };
  const plain = new Set(await compile(place, compiler, options, "plain"));
  return { ours: said.filter((line) => !plain.has(line)), pulumis: said.filter((line) => plain.has(line)) };
}

async function compile(place: string, compiler: string, options: object, ...files: string[]): Promise<string[]> {
  const config = join(place, `tsconfig.${files[0]}.json`);
  const compilerOptions = { ...PULUMI_DEFAULT, types: ["node"], ...options, noEmit: true };
  writeFileSync(config, JSON.stringify({ compilerOptions, files: files.map((file) => `src/${file}.ts`) }));
  try {
    await run(process.execPath, [compiler, "--project", config], { cwd: place, maxBuffer: 1 << 26 });
    return [];
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    const lines = `${stdout}\n${stderr}`.split("\n").filter((line) => line.trim() !== "");
    return lines.map((line) => line.replace(`tsconfig.${files[0]}.json`, "tsconfig.json"));
  }
}
