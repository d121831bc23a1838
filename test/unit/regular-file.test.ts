import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NotRegular, readRegular } from "../../provider/stores/regular-file";

describe("regular files", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pdt-regular-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("are read; nothing else is opened, nor waited for", async () => {
    const at = (name: string): string => join(folder, name);
    writeFileSync(at("file"), "text");
    assert.equal((await readRegular(at("file"), "utf8"))?.text, "text");
    assert.equal(await readRegular(at("none"), "utf8"), undefined);
    mkdirSync(at("folder"));
    execFileSync("mkfifo", [at("fifo")]);
    symlinkSync("file", at("link"));
    const server = createServer().listen(at("socket"));
    await new Promise((done) => server.once("listening", done));
    try {
      for (const [name, what] of [
        ["folder", "a folder"],
        ["fifo", "a FIFO"],
        ["link", "a link"],
        ["socket", "a socket"],
        ["/dev/null", "a device"],
      ] as const) {
        const path = name.startsWith("/") ? name : at(name);
        await assert.rejects(readRegular(path, "utf8"), (error) => error instanceof NotRegular && error.what === what);
      }
    } finally {
      server.close();
    }
  });
});
