import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

async function run(args: string[], options = {}): Promise<unknown> {
  return (await import("../../scripts/toolchain/process.mjs")).run("sh", args, options);
}

describe("a command of the toolchain", () => {
  it("gives its output, or fails with the end of it", async () => {
    assert.equal(await run(["-c", "echo one"]), "one\n");
    await assert.rejects(run(["-c", "echo bad; exit 3"]), /ended with 3:\nbad$/);
  });

  it("that is not installed is named", async () => {
    const toolchain = await import("../../scripts/toolchain/process.mjs");
    await assert.rejects(toolchain.run("no-such-command", []), /^Error: no-such-command is not installed/);
  });

  it("ends with all that it started, when its time is over or the user stops it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pdt-run-"));
    try {
      for (const [name, options, expected] of [
        ["late", () => ({ timeoutMs: 300 }), /stopped after/],
        ["stopped", () => ({ signal: AbortSignal.timeout(300) }), /TimeoutError/],
      ] as const) {
        const file = join(folder, name);
        // A grandchild that holds no pipe of ours, as a compiler that Go has started may not.
        const script = `(while :; do echo >> ${file}; sleep 0.05; done) >/dev/null 2>&1 & wait`;
        await assert.rejects(run(["-c", script], options()), expected);
        const { size } = statSync(file);
        await sleep(200);
        assert.equal(statSync(file).size, size);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
