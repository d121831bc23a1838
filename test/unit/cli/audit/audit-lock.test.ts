import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assertNoLock } from "../../../../provider/cli/audit/lock";
import { answerOf, probe } from "../../../../provider/cli/audit/lock-probe";
import type { Ran } from "../../../../provider/cli/pulumi";
import type { DatabricksTokensError } from "../../../../provider/errors";

const TARGET = "urn:pulumi:audit::p::databricks-tokens:audit:Lock::0123";
/** As the Pulumi CLI 3.259 says it. */
const FREE: Ran = {
  code: 255,
  stdout: "Previewing refresh (dev):\n\n",
  stderr: `error: no resource named '${TARGET}' found\n`,
};
const HELD =
  "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock " +
  "file with `pulumi cancel`.\n  azblob://state/.pulumi/locks/x.json: created by ada@host (pid 7) at 2026-11-24\n";

describe("audit: the lock of a backend in a folder", () => {
  it("the lock of a folder: a file in the stack's own, in both layouts", () => {
    const folder = mkdtempSync(join(tmpdir(), "pdt-lock-"));
    const code = (name = "organization/p/dev"): string | undefined => {
      try {
        assertNoLock(folder, name);
        return undefined;
      } catch (error) {
        return (error as DatabricksTokensError).code;
      }
    };
    try {
      assert.equal(code(), "LOCK_UNKNOWN");
      for (const name of ["organization/p/dev", "dev"]) {
        const locks = join(folder, ".pulumi", "locks", ...name.split("/"));
        mkdirSync(locks, { recursive: true });
        assert.equal(code(name), undefined);
        writeFileSync(join(locks, "x.json"), "{}");
        assert.equal(code(name), "RUN_UNDER_WAY");
        rmSync(join(locks, "x.json"));
      }
      writeFileSync(join(folder, ".pulumi", "locks", "odd"), "");
      assert.equal(code("odd"), "LOCK_UNKNOWN", "a file where a folder should be");
      const other = join(folder, ".pulumi", "locks", "organization", "p", "prod");
      mkdirSync(other);
      writeFileSync(join(other, "x.json"), "{}");
      assert.equal(code(), undefined);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("audit: what the Pulumi CLI says of a lock in a bucket", () => {
  const whyOf = (ran: Partial<Ran>): string => {
    const answer = answerOf({ ...FREE, ...ran }, TARGET);
    assert.equal(typeof answer, "object", JSON.stringify(answer));
    return (answer as { why: string }).why;
  };
  it("free only by the missing target and the banner that is printed under the lock", () => {
    assert.equal(answerOf(FREE, TARGET), "free");
    const warned = { ...FREE, stdout: `warning: slow\n${FREE.stdout}`, stderr: `warning: old\n${FREE.stderr}` };
    assert.equal(answerOf(warned, TARGET), "free");
    whyOf({ stdout: "" });
    whyOf({ stdout: "Refreshing (dev):\n" });
    whyOf({ stderr: FREE.stderr.replace("0123", "4567") });
    whyOf({ stderr: "" });
  });
  it("held whatever else is said, but not by a command that succeeded", () => {
    assert.equal(answerOf({ ...FREE, stdout: "", stderr: HELD }, TARGET), "held");
    assert.equal(answerOf({ ...FREE, stderr: HELD + FREE.stderr }, TARGET), "held");
    whyOf({ code: 0, stderr: HELD });
  });
  it("all else is unknown: it went through, it was killed, the stack is missing, the backend is away", () => {
    whyOf({ code: 0 });
    assert.match(whyOf({ code: null, stdout: "", stderr: "" }), /did not end within/);
    for (const error of ["no stack named 'dev' found", "could not list bucket: 403", "unknown flag: --target"]) {
      assert.equal(whyOf({ stdout: "", stderr: `error: ${error}\n` }), `error: ${error}`);
    }
  });
  it("unknown where the probe could not take its own lock away: that is said", () => {
    const stays = "error: there was a problem deleting the lock at azblob://x, manual clean up may be required: 403\n";
    assert.match(whyOf({ stderr: stays + FREE.stderr }), /problem deleting the lock/);
  });
  it("unknown where no temporary folder can be written", async () => {
    const { TMPDIR } = process.env;
    process.env.TMPDIR = join(__dirname, "nowhere");
    try {
      const why = "the temporary folder can't be written (ENOENT)";
      assert.deepEqual(await probe("azblob://state", "organization/p/dev", "p"), { why });
    } finally {
      if (TMPDIR === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = TMPDIR;
    }
  });
});
