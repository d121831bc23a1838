import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Packed } from "../engine/package";
import { ROOT } from "../engine/stack";
import { cachedPackages } from "./cached";
import { snippet } from "./snippets";

/** The test of docs/testing.md, with the package as npm lays it out, under the runners that people use. */
describe("a user's unit tests, with mocks", function () {
  this.timeout(300_000);
  const RUNNERS = ["jest@30.5.2", "ts-jest@29.4.15", "typescript@5.9.3", "vitest@5.1.2"];
  const OURS = join(ROOT, "node_modules");
  let packed: Packed;
  let place: string;

  before(async () => {
    packed = await Packed.pack();
    place = packed.project("tested", "");
    await packed.install(place);
    for (const name of ["ts-node", "typescript", "@types"]) {
      symlinkSync(join(OURS, name), join(place, "node_modules", name));
    }
    const compilerOptions = { target: "es2020", module: "commonjs", moduleResolution: "node", strict: true };
    const tsconfig = { compilerOptions: { ...compilerOptions, types: ["node", "mocha"] } };
    writeFileSync(join(place, "tsconfig.json"), JSON.stringify(tsconfig));
    writeFileSync(join(place, "tokens.ts"), snippet("docs/testing.md", "tokens.ts"));
  });
  after(() => packed?.remove());

  function write(importing = ""): void {
    writeFileSync(join(place, "tokens.test.ts"), `${importing}\n${snippet("docs/testing.md", "tokens.test.ts")}`);
  }

  /** Fails with what was printed. Neither this runner's environment nor the repository is where it runs. */
  async function passes(pattern: RegExp, ...args: string[]): Promise<void> {
    const env = { PATH: process.env.PATH, HOME: packed.home, NO_COLOR: "1", CI: "1" };
    const child = spawn(process.execPath, args, { cwd: place, env, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (said += chunk));
    const code = await new Promise((done) => child.once("close", done));
    assert.equal(code, 0, said);
    assert.match(said, pattern);
  }

  it("mocha", async () => {
    write();
    await passes(
      /1 passing/,
      join(OURS, "mocha", "bin", "mocha.js"),
      "--require",
      "ts-node/register",
      "tokens.test.ts",
    );
  });

  it("node --test", async () => {
    write('import { it } from "node:test";');
    await passes(/pass 1\b/, "--require", "ts-node/register", "--test", "tokens.test.ts");
  });

  it("jest", async function () {
    const modules = await cachedPackages("runners", RUNNERS);
    if (!modules) this.skip();
    write();
    const config = {
      transform: { "\\.ts$": join(modules, "ts-jest") },
      testEnvironment: "node",
      rootDir: place,
    };
    await passes(
      /1 passed/,
      join(modules, "jest", "bin", "jest.js"),
      "--config",
      JSON.stringify(config),
      "--watchman=false",
    );
  });

  it("vitest", async function () {
    const modules = await cachedPackages("runners", RUNNERS);
    if (!modules) this.skip();
    write();
    await passes(/1 passed/, join(modules, "vitest", "vitest.mjs"), "run", "--globals", "--root", place);
  });
});
