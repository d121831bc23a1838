import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const DIST = resolve(__dirname, "..", "..", "..", "dist");

describe("keyring", () => {
  it("says what to install where @napi-rs/keyring is not; loading the store does not load it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pdt-keyring-"));
    try {
      cpSync(DIST, join(folder, "dist"), { recursive: true });
      const script = `
        const { keyring } = require("./dist/machine/keyring");
        keyring.place({}, { service: "s", username: "u" }).look().catch((error) => console.log(error.message));`;
      const { stdout } = await promisify(execFile)(process.execPath, ["-e", script], { cwd: folder });
      assert.match(stdout, /npm install @napi-rs\/keyring \[KEYRING_NOT_INSTALLED\]/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
