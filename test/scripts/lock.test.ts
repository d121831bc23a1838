import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

describe("the lock of the toolchain", () => {
  let folder: string;
  let path: string;
  let printed: string;
  const quiet = { pollMs: 5, stream: { write: (text: string) => (printed += text) } };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pdt-lock-"));
    path = join(folder, "sub", "x.lock");
    printed = "";
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function held(work: () => unknown, options = {}): Promise<unknown> {
    const { withLock } = await import("../../scripts/toolchain/lock.mjs");
    return withLock(path, "building", work, { ...quiet, ...options });
  }

  async function leave(text: string): Promise<void> {
    await held(() => undefined);
    writeFileSync(path, text);
  }

  it("lets one in at a time, and tells who waits for whom", async () => {
    let inside = 0;
    const work = async () => {
      inside += 1;
      assert.equal(inside, 1);
      await sleep(20);
      inside -= 1;
    };
    await Promise.all([held(work), held(work), held(work)]);
    assert.match(printed, new RegExp(`Waiting for process ${process.pid}: building`));
    assert.equal(existsSync(path), false);
  });

  it("is free again after a failure", async () => {
    await assert.rejects(
      held(() => Promise.reject(new Error("no compiler"))),
      /no compiler/,
    );
    assert.equal(await held(() => "done"), "done");
  });

  it("of a process that is gone is taken over at once", async () => {
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    await leave(JSON.stringify({ pid, host: hostname(), purpose: "building" }));
    assert.equal(await held(() => readFileSync(path, "utf8").includes(`"pid":${process.pid},`)), true);
    assert.equal(printed, "");
  });

  it("of another machine, or one that is empty, is taken over once nobody touches it", async () => {
    for (const text of [JSON.stringify({ pid: process.pid, host: "elsewhere", purpose: "building" }), ""]) {
      await leave(text);
      const stopping = AbortSignal.timeout(50);
      await assert.rejects(held(assert.fail, { signal: stopping }), (error) => error === stopping.reason);
      const old = new Date(Date.now() - 200_000);
      utimesSync(path, old, old);
      assert.equal(await held(() => "done"), "done");
    }
  });
});
