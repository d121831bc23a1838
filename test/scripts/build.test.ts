import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

describe("the build of dist/", () => {
  let root: string;
  let compiled: number;

  const stderr = process.stderr.write;

  beforeEach(() => {
    // Progress of what is only played here.
    process.stderr.write = () => true;
    root = mkdtempSync(join(tmpdir(), "pdt-build-"));
    compiled = 0;
    mkdirSync(join(root, "provider", "token"), { recursive: true });
    for (const name of ["index.js", "token/old.js"]) writeFileSync(join(root, "provider", name), name);
  });
  afterEach(() => {
    process.stderr.write = stderr;
    rmSync(root, { recursive: true, force: true });
  });

  /** Copies: what compiling does to the names. */
  async function build(fail = false): Promise<string[]> {
    const { ensureBuilt } = await import("../../scripts/toolchain/build.mjs");
    const compile = async (from: string, into: string) => {
      compiled += 1;
      assert.ok(compiled === 1 || existsSync(join(root, "dist", "index.js")), "dist/ stays readable meanwhile");
      cpSync(join(from, "provider"), into, { recursive: true });
      if (fail) throw new Error("a type error");
    };
    await ensureBuilt(root, { compile });
    return readdirSync(join(root, "dist"), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".js"))
      .sort();
  }

  it("is done once, and again when a source has changed or dist/ is not as it was left", async () => {
    assert.deepEqual(await build(), ["index.js", "token/old.js"]);
    await build();
    assert.equal(compiled, 1);
    writeFileSync(join(root, "provider", "index.js"), "changed");
    await build();
    assert.equal(compiled, 2);
    rmSync(join(root, "dist", "token", "old.js"));
    assert.deepEqual(await build(), ["index.js", "token/old.js"]);
    assert.equal(compiled, 3);
  });

  it("leaves no file whose source was renamed or removed", async () => {
    await build();
    renameSync(join(root, "provider", "token", "old.js"), join(root, "provider", "token", "new.js"));
    assert.deepEqual(await build(), ["index.js", "token/new.js"]);
    rmSync(join(root, "provider", "token"), { recursive: true });
    assert.deepEqual(await build(), ["index.js"]);
  });

  it("that fails changes nothing, and is tried again", async () => {
    await build();
    rmSync(join(root, "provider", "token"), { recursive: true });
    await assert.rejects(build(true), /a type error/);
    assert.ok(existsSync(join(root, "dist", "token", "old.js")));
    assert.deepEqual(await build(), ["index.js"]);
  });
});
