import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LocalWorkspace } from "../workspace";
import { PACKAGE, Packed } from "./package";
import { ONE_TOKEN, ROOT, Stack } from "./stack";

/** Where the delegate finds the package at run time, beside this repository's own programs. */
describe("the delegate, from a project of its own", function () {
  this.timeout(300_000);
  let packed: Packed;
  let workspace: LocalWorkspace;
  let stack: Stack | undefined;

  before(async () => {
    packed = await Packed.pack();
    const expected =
      /^(dist\/.*\.(js|d\.ts)|docs\/.*\.(md|schema\.json)|package\.json|README\.md|SECURITY\.md|STATE\.md|CHANGELOG\.md|LICENSE)$/;
    assert.deepEqual(
      packed.paths.filter((path) => !expected.test(path)),
      [],
      "the package holds only what users need",
    );
    assert.ok(packed.paths.includes("dist/lifecycle.js"));
  });
  after(() => packed?.remove());

  beforeEach(async () => {
    workspace = await LocalWorkspace.start();
  });
  afterEach(async () => {
    const leaks = stack?.leaks() ?? [];
    stack?.remove();
    stack = undefined;
    await workspace.stop();
    assert.deepEqual(leaks, []);
  });

  const clientVersion = (path: string): string | undefined =>
    /pulumi-databricks-tokens\/(\S+)/.exec(
      workspace.calls.findLast((call) => call.path === path)?.userAgent ?? "",
    )?.[1];

  it("runs from the tarball, and destroy runs the installed code on state that another version wrote", async () => {
    const place = packed.project("installed", ONE_TOKEN);
    await packed.install(place, "0.0.9");
    stack = await Stack.of(workspace, place);
    await stack.up();
    assert.equal(clientVersion("/api/2.0/token/create"), "0.0.9");
    const text = (await stack.token()).outputs.__provider;

    await packed.install(place);
    assert.match(await stack.up(), /2 unchanged/, "an upgrade shows no diff");
    assert.equal((await stack.token()).outputs.__provider, text);
    await stack.destroy();
    assert.equal(workspace.tokens().length, 0);
    const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    assert.equal(clientVersion("/api/2.0/token/delete"), version);
  });

  it("keeps the state when the package is missing at destroy, and goes on once it is installed", async () => {
    const place = packed.project("missing", ONE_TOKEN);
    await packed.install(place);
    stack = await Stack.of(workspace, place);
    await stack.up();
    rmSync(join(place, "node_modules", PACKAGE), { recursive: true });
    const { code, text } = await stack.run("destroy", "--yes", "--skip-preview");
    assert.notEqual(code, 0);
    assert.match(text, /npm install pulumi-databricks-tokens/);
    assert.equal(workspace.tokens().length, 1);
    await packed.install(place);
    await stack.destroy();
    assert.equal(workspace.tokens().length, 0);
  });

  it("as somebody else's dependency: found where npm hoists it, refused at preview where it is out of reach", async () => {
    const place = packed.project("transitive", ONE_TOKEN.replace(`"${PACKAGE}"`, '"wrapper"'));
    const wrapper = join(place, "node_modules", "wrapper");
    mkdirSync(wrapper, { recursive: true });
    writeFileSync(
      join(wrapper, "package.json"),
      JSON.stringify({ name: "wrapper", version: "1.0.0", main: "index.js" }),
    );
    writeFileSync(join(wrapper, "index.js"), `module.exports = require("${PACKAGE}");\n`);
    await packed.install(wrapper);
    stack = await Stack.of(workspace, place);
    const { code, text } = await stack.run("preview");
    assert.notEqual(code, 0);
    assert.match(text, /npm install pulumi-databricks-tokens/);
    assert.equal(workspace.calls.length, 0);

    cpSync(join(wrapper, "node_modules", PACKAGE), join(place, "node_modules", PACKAGE), { recursive: true });
    rmSync(join(wrapper, "node_modules"), { recursive: true });
    await stack.up();
    assert.equal(workspace.tokens().length, 1);
    await stack.destroy();
    assert.equal(workspace.tokens().length, 0);
  });
});
