import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
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
});
