import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import promises from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { withFileLock } from "../../provider/stores/file-lock";
import { isDead } from "../../provider/stores/lock-owner";

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

  it("refuses at once what can be nobody's lock: a FIFO would be waited for beyond every limit", async () => {
    for (const [make, what] of [
      [() => execFileSync("mkfifo", [path]), "a FIFO"],
      [() => mkdirSync(path), "a folder"],
      [() => symlinkSync("/dev/null", path), "a link"],
    ] as const) {
      make();
      const held = withFileLock(path, async () => assert.fail("it is held"), { timeoutMs: 60_000 });
      await assert.rejects(held, new RegExp(`x\\.lock is ${what}, .*remove it.*STORE_LOCKED`));
      assert.deepEqual(readdirSync(folder), ["x.lock"]);
      rmSync(path, { recursive: true });
    }
    execFileSync("mkfifo", [`${path}.0123`]);
    await withFileLock(path, async () => undefined, options);
  });

  it("never takes another machine's lock for dead, whatever its name and its boot", async () => {
    for (const changed of [
      { machine: "another", boot: "earlier" },
      { machine: "another", pid: 2 ** 22 + 1 },
      { machine: "", pid: 2 ** 22 + 1 },
      { machine: undefined, boot: "earlier" },
    ]) {
      const text = await holder(changed);
      assert.equal(isDead(text), undefined);
      writeFileSync(path, text);
      await assert.rejects(
        withFileLock(path, async () => assert.fail("it is held"), options),
        /STORE_LOCKED/,
      );
      rmSync(path);
    }
  });

  describe("on a file system without hard links", () => {
    const { link } = promises;
    afterEach(() => {
      promises.link = link;
    });

    for (const code of ["ENOTSUP", "EPERM", "EISDIR", "ENOSYS"]) {
      it(`which says ${code}: an exclusive create is the lock, which lets one in at a time and is taken from the dead`, async () => {
        promises.link = async () => {
          throw Object.assign(new Error("no links here"), { code });
        };
        let inside = 0;
        const work = async (): Promise<void> => {
          inside += 1;
          assert.equal(inside, 1);
          await sleep(1);
          assert.equal(isDead(readFileSync(path, "utf8")), false);
          inside -= 1;
        };
        // By two names, so that they meet at the file and not in this process's line.
        const other = `${folder}/./x.lock`;
        await Promise.all([path, other, path, other].map((name) => withFileLock(name, work, { timeoutMs: 5000 })));
        writeFileSync(path, await holder({ pid: 2 ** 22 + 1 }));
        await withFileLock(path, work, options);
        assert.deepEqual(readdirSync(folder), []);
      });
    }

    it("what keeps from a create as well is said", async () => {
      promises.link = async () => {
        throw Object.assign(new Error("no links here"), { code: "EPERM" });
      };
      rmSync(folder, { recursive: true });
      await assert.rejects(
        withFileLock(path, async () => undefined, options),
        /ENOENT/,
      );
      mkdirSync(folder);
    });
  });

  it("waits for a stuck holder once, however many of this process want the lock", async () => {
    writeFileSync(path, await holder({ host: "elsewhere" }));
    const started = Date.now();
    const waits = Array.from({ length: 20 }, () => withFileLock(path, async () => undefined, { timeoutMs: 100 }));
    const results = await Promise.allSettled(waits);
    assert.ok(results.every(({ status }) => status === "rejected"));
    assert.ok(Date.now() - started < 1000, `${Date.now() - started} ms`);
  });

  it("a holder shows that it lives, to machines that can't look at its process", async function () {
    this.timeout(30_000);
    await withFileLock(
      path,
      async () => {
        const { mtimeMs } = statSync(path);
        for (let tries = 0; tries < 1000 && statSync(path).mtimeMs === mtimeMs; tries += 1) await sleep(20);
        assert.ok(statSync(path).mtimeMs > mtimeMs);
      },
      options,
    );
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
