import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";

const ASK_A_WORKSPACE = ["DatabricksToken", "SecretScope", "Secret"];
const ALWAYS = ["provider", "providers", "import", "id", "get", "replaceOnChanges", "customTimeouts"];

describe("options that can't be honoured", function () {
  this.timeout(60_000);
  let said: Record<string, Record<string, string>>;

  before(() => {
    const script = join(__dirname, "options.ts");
    said = JSON.parse(
      execFileSync(process.execPath, ["--require", "ts-node/register/transpile-only", script], { encoding: "utf8" }),
    );
  });

  it("are refused by every resource, which says its name and what to do instead; all others are taken", () => {
    const refused = Object.entries(said).map(([type, tries]) => [
      type,
      Object.keys(tries).filter((title) => tries[title] !== ""),
    ]);
    const inherited = ["inherited", "inherited, with a sign-in alone"];
    const wanted = Object.keys(said).map((type) => [
      type,
      ASK_A_WORKSPACE.includes(type) ? [...ALWAYS, ...inherited] : ALWAYS,
    ]);
    assert.equal(refused.length, 6);
    assert.deepEqual(refused, wanted);
    for (const message of Object.values(said).flatMap((tries) => Object.values(tries))) {
      if (message) assert.match(message, /^\w+ "ci": .*\[INVALID_INPUT\]$/);
    }
  });

  it("what exists: a token is minted anew, everything else adopted", () => {
    for (const [type, { import: imported, get }] of Object.entries(said)) {
      assert.match(imported ?? "", type === "DatabricksToken" ? /mints a new token/ : /adopt: true/);
      assert.equal(imported, get);
    }
  });
});
