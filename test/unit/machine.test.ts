import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs, { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { machineIdOf } from "../../provider/stores/machine";

describe("machine id", () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "pdt-machine-"));
  });
  afterEach(() => rmSync(home, { recursive: true }));

  it("is the setting's, else the system's, else one that is kept in the home folder; never in clear", () => {
    const system = join(home, "system-id");
    const id = (env: Record<string, string> = {}, user = "me"): string => machineIdOf({ env, home, user }, [system]);
    const kept = id();
    assert.match(kept, /^[0-9a-f]{32}$/);
    assert.equal(id(), kept);
    writeFileSync(system, "uninitialized\n");
    assert.equal(id(), kept);
    writeFileSync(system, `${"0f".repeat(16)}\n`);
    const known = id();
    assert.notEqual(known, kept);
    assert.notEqual(known, "0f".repeat(16));
    assert.notEqual(id({}, "you"), known, "another user's home is another place");
    assert.notEqual(id({ DATABRICKS_TOKENS_MACHINE_ID: "runner" }), known);
    assert.equal(
      id({ DATABRICKS_TOKENS_MACHINE_ID: "runner" }),
      machineIdOf({ env: { DATABRICKS_TOKENS_MACHINE_ID: "runner" }, home: "/none", user: "me" }, []),
    );
  });

  it("is kept where a file system has no hard links, found again where its writer was killed, and never waited for", () => {
    const folder = join(home, ".local", "state", "pulumi-databricks-tokens");
    const id = (): string => machineIdOf({ env: {}, home, user: "me" }, []);
    const link = fs.linkSync;
    fs.linkSync = () => {
      throw Object.assign(new Error("no links here"), { code: "ENOTSUP" });
    };
    try {
      assert.equal(id(), id());
    } finally {
      fs.linkSync = link;
    }
    writeFileSync(join(folder, "machine-id"), "");
    const again = id();
    assert.equal(id(), again);
    assert.notEqual(readFileSync(join(folder, "machine-id"), "utf8"), "");
    rmSync(join(folder, "machine-id"));
    execFileSync("mkfifo", [join(folder, "machine-id")]);
    assert.throws(id, /not a regular file.*DATABRICKS_TOKENS_MACHINE_ID.*STORE_WRITE_FAILED/);
  });
});
