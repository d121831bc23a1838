import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isDead, withFileLock } from "../../provider/stores/file-lock";

describe("file lock", () => {
  let folder: string;
  let path: string;
  const options = { timeoutMs: 50 };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pdt-lock-"));
    path = join(folder, "x.lock");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** What a lock of this process says, with some of it changed. */
  async function holder(changed: object): Promise<string> {
    const text = await withFileLock(path, async () => readFileSync(path, "utf8"), options);
    return JSON.stringify({ ...JSON.parse(text), ...changed });
  }

  it("lets one in at a time, in order, within a process too, whatever one of them throws", async () => {
    const order: number[] = [];
    const results = await Promise.allSettled(
      [1, 2, 3].map((number) =>
        withFileLock(
          path,
          async () => {
            await sleep(1);
            order.push(number);
            if (number === 2) throw new Error("its own");
          },
          options,
        ),
      ),
    );
    assert.deepEqual(order, [1, 2, 3]);
    assert.deepEqual(
      results.map((result) => result.status),
      ["fulfilled", "rejected", "fulfilled"],
    );
    assert.deepEqual(readdirSync(folder), []);
  });

  it("takes over from the dead: gone, another start of the same number, before the last boot", async () => {
    for (const changed of [{ pid: 2 ** 22 + 1 }, { start: "1" }, { boot: "earlier" }]) {
      const text = await holder(changed);
      if (process.platform !== "linux" && !("pid" in changed)) continue;
      assert.equal(isDead(text), true);
      writeFileSync(path, text);
      await withFileLock(path, async () => assert.notEqual(readFileSync(path, "utf8"), text), options);
      assert.deepEqual(readdirSync(folder), []);
    }
  });

  it("waits for the living and for whom it can't look at, and says who it is", async () => {
    assert.equal(isDead(await holder({})), false);
    for (const changed of [{}, { host: "elsewhere" }, { space: "pid:[1]" }]) {
      const text = await holder(changed);
      writeFileSync(path, text);
      await assert.rejects(
        withFileLock(path, async () => assert.fail("it is held"), options),
        /held by process \d+.*STORE_LOCKED/,
      );
      assert.equal(readFileSync(path, "utf8"), text);
      rmSync(path);
    }
    assert.equal(isDead(""), undefined);
  });

  it("ends the wait for a link to nothing", async () => {
    symlinkSync(join(folder, "nothing"), path);
    await assert.rejects(
      withFileLock(path, async () => assert.fail("it is held"), options),
      /a link to nothing.*STORE_LOCKED/,
    );
    assert.deepEqual(readdirSync(folder), ["x.lock"]);
  });

  it("waits for a stuck holder once, however many of this process want the lock", async () => {
    writeFileSync(path, await holder({ host: "elsewhere" }));
    const started = Date.now();
    const waits = Array.from({ length: 20 }, () => withFileLock(path, async () => undefined, { timeoutMs: 100 }));
    const results = await Promise.allSettled(waits);
    assert.ok(results.every(({ status }) => status === "rejected"));
    assert.ok(Date.now() - started < 1000, `${Date.now() - started} ms`);
  });

  it("tells a holder whose lock was taken over", async () => {
    await withFileLock(
      path,
      async (lock) => {
        await lock.assertHeld();
        writeFileSync(path, "another's");
        await assert.rejects(lock.assertHeld(), /took the lock over.*STORE_LOCKED/);
      },
      options,
    );
    assert.equal(readFileSync(path, "utf8"), "another's");
  });
});
