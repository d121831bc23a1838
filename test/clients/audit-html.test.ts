import assert from "node:assert/strict";
import { chmodSync, lstatSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Audited } from "./audited";

describe("databricks-tokens audit --html", function () {
  this.timeout(120_000);
  let audited: Audited;

  beforeEach(async () => {
    audited = await Audited.start();
  });
  afterEach(() => audited.stop());

  const files = () => readdirSync(audited.folder).filter((name) => name !== "state.json");

  it("writes a page beside the report: every token, no secret, for its owner alone", async () => {
    writeFileSync(audited.page, "yesterday's");
    chmodSync(audited.page, 0o644);
    const { code, stdout, stderr } = await audited.run("--state", audited.state, "--html", audited.page);
    assert.deepEqual([code, stderr], [2, ""]);
    assert.match(stdout, /everybody's tokens/);
    const json = await audited.run("--state", audited.state, "--json", "--html", "page.html");
    assert.deepEqual([json.code, json.stderr], [2, ""]);
    const page = audited.html();
    assert.deepEqual(new Set(json.document.tokens.map(({ kind }) => kind)).size, 7);
    for (const { tokenId } of json.document.tokens) assert.ok(page.includes(`>${tokenId}<`), tokenId);
    for (const secret of audited.secrets) assert.ok(!page.includes(secret));
    assert.equal(statSync(audited.page).mode & 0o777, 0o600);
    assert.deepEqual(files(), ["page.html"]);
  });

  it("what kept the audit from telling stands on the page, in place of an older one", async () => {
    const failing = async (expected: string, ...args: string[]) => {
      writeFileSync(audited.page, "yesterday's");
      const { code, stdout, stderr } = await audited.run(...args, "--html", audited.page);
      assert.deepEqual([code, stdout], [3, ""]);
      assert.ok(stderr.includes(`[${expected}]`), stderr);
      const page = audited.html();
      for (const text of ["Could not tell", expected]) assert.ok(page.includes(text), text);
    };
    await failing("STACK_UNREADABLE", "--state", join(audited.folder, "nowhere"));
    await failing("INVALID_INPUT", "--state", audited.state, "--fail-on", "nothing");
    writeFileSync(audited.state, "{}");
    await failing("STATE_NOT_OURS", "--state", audited.state);
    assert.deepEqual(files(), ["page.html"]);
  });

  it("a page that can't be written: 3, and the report is printed all the same", async () => {
    // Its name fits; that of the temporary file does not.
    const long = `${"x".repeat(240)}.html`;
    const text = await audited.run("--state", audited.state, "--html", long);
    assert.equal(text.code, 3);
    assert.match(text.stderr, /could not be written.*\[REPORT_NOT_WRITTEN\]/);
    assert.match(text.stdout, /1 orphan, 1 unclaimed/);
    const json = await audited.run("--state", audited.state, "--json", "--html", long);
    assert.deepEqual([json.code, json.stderr, json.document.exitCode, json.document.tokens.length], [3, "", 3, 9]);
    assert.deepEqual(
      json.document.problems.map(({ code }) => code),
      ["REPORT_NOT_WRITTEN"],
    );
    assert.deepEqual(files(), []);
  });

  it("a folder, a device, a folder that is not there are refused before anything is read; a link is followed", async () => {
    mkdirSync(join(audited.folder, "folder"));
    for (const path of ["folder", "/dev/null", "nowhere/page.html"]) {
      const { code, stderr } = await audited.run("--state", audited.state, "--html", path);
      assert.deepEqual([code, /--html.*\[INVALID_INPUT\]/.test(stderr)], [3, true], stderr);
    }
    assert.deepEqual(audited.workspace.calls, []);
    assert.ok(lstatSync("/dev/null").isCharacterDevice());
    writeFileSync(audited.page, "");
    const link = join(audited.folder, "link.html");
    symlinkSync(audited.page, link);
    await audited.run("--state", audited.state, "--html", link);
    assert.ok(lstatSync(link).isSymbolicLink());
    assert.match(audited.html(), /^<!doctype html>/);
  });
});
