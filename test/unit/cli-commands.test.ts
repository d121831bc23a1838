import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../engine/stack";
import { databricksTokens } from "../engine/tool";

describe("databricks-tokens, in its real process", () => {
  const run = (...args: string[]) => databricksTokens(args, { cwd: ROOT, env: { PATH: process.env.PATH ?? "" } });

  it("--version is the package's; --help names every command, and how to ask for the version", async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    for (const name of ["--version", "version"]) {
      assert.deepEqual(await run(name), { code: 0, stdout: `${version}\n`, stderr: "" });
    }
    const { code, stdout } = await run("--help");
    assert.equal(code, 0);
    for (const word of ["write", "doctor", "audit", "--version"]) assert.ok(stdout.includes(word), word);
    assert.match((await run("audit", "--help")).stdout, /--host HOST/);
    assert.deepEqual([(await run()).code, (await run("nonsense")).code], [2, 2]);
  });
});
