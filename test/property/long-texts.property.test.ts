import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const LIMIT_MS = 30_000;

describe("property: foreign text of a megabyte", () => {
  it(`is read in time, whatever it repeats (a process of its own, ended after ${LIMIT_MS / 1000} s)`, async function () {
    this.timeout(2 * LIMIT_MS);
    const script = join(__dirname, "long-texts.ts");
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--require", "ts-node/register/transpile-only", script],
      { timeout: LIMIT_MS, killSignal: "SIGKILL" },
    );
    assert.ok(Number(stdout) > 40);
  });
});
