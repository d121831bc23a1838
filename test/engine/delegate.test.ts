import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { LocalWorkspace } from "../workspace";
import { ONE_TOKEN, ROOT, Stack } from "./stack";

const run = promisify(execFile);
const PACKAGE = "pulumi-databricks-tokens";

/** Where the delegate finds the package at run time, beside this repository's own programs. */
describe("the delegate, from a project of its own", function () {
  this.timeout(300_000);
  let folder: string;
  let tarball: string;
  let workspace: LocalWorkspace;
  let stack: Stack | undefined;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "pdt-pack-"));
    const { stdout } = await run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], {
      cwd: ROOT,
    });
    const [packed] = JSON.parse(stdout) as Array<{ filename: string; files: Array<{ path: string }> }>;
    tarball = join(folder, packed?.filename ?? "");
    const paths = packed?.files.map((file) => file.path) ?? [];
    const expected = /^(dist\/.*\.(js|d\.ts)|package\.json|README\.md|SECURITY\.md|STATE\.md|CHANGELOG\.md|LICENSE)$/;
    assert.deepEqual(
      paths.filter((path) => !expected.test(path)),
      [],
      "the package holds only what users need",
    );
    assert.ok(paths.includes("dist/lifecycle.js"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

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

  /** A project with Pulumi's SDK and undici as npm lays them out, and this package from its tarball. */
  async function project(name: string, source: string): Promise<string> {
    const place = join(folder, name);
    mkdirSync(join(place, "node_modules"), { recursive: true });
    writeFileSync(join(place, "package.json"), JSON.stringify({ name, private: true, version: "1.0.0" }));
    writeFileSync(
      join(place, "Pulumi.yaml"),
      `name: ${name}\nruntime:\n  name: nodejs\n  options:\n    typescript: false\nmain: index.js\n`,
    );
    writeFileSync(join(place, "index.js"), source);
    for (const dependency of ["@pulumi", "undici"]) {
      symlinkSync(join(ROOT, "node_modules", dependency), join(place, "node_modules", dependency));
    }
    return place;
  }

  async function install(into: string, version?: string): Promise<void> {
    const target = join(into, "node_modules", PACKAGE);
    rmSync(target, { recursive: true, force: true });
    mkdirSync(join(into, "node_modules"), { recursive: true });
    await run("tar", ["xzf", tarball, "-C", join(into, "node_modules")]);
    renameSync(join(into, "node_modules", "package"), target);
    if (version) {
      const path = join(target, "package.json");
      writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), version }));
    }
  }

  const clientVersion = (path: string): string | undefined =>
    /pulumi-databricks-tokens\/(\S+)/.exec(
      workspace.calls.findLast((call) => call.path === path)?.userAgent ?? "",
    )?.[1];

  it("runs from the tarball, and destroy runs the installed code on state that another version wrote", async () => {
    const place = await project("installed", ONE_TOKEN);
    await install(place, "0.0.9");
    stack = await Stack.of(workspace, place);
    await stack.up();
    assert.equal(clientVersion("/api/2.0/token/create"), "0.0.9");
    const text = (await stack.token()).outputs.__provider;

    await install(place);
    assert.match(await stack.up(), /2 unchanged/, "an upgrade shows no diff");
    assert.equal((await stack.token()).outputs.__provider, text);
    await stack.destroy();
    assert.equal(workspace.tokens().length, 0);
    const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    assert.equal(clientVersion("/api/2.0/token/delete"), version);
  });

  it("keeps the state when the package is missing at destroy, and goes on once it is installed", async () => {
    const place = await project("missing", ONE_TOKEN);
    await install(place);
    stack = await Stack.of(workspace, place);
    await stack.up();
    rmSync(join(place, "node_modules", PACKAGE), { recursive: true });
    const { code, text } = await stack.run("destroy", "--yes", "--skip-preview");
    assert.notEqual(code, 0);
    assert.match(text, /npm install pulumi-databricks-tokens/);
    assert.equal(workspace.tokens().length, 1);
    await install(place);
    await stack.destroy();
    assert.equal(workspace.tokens().length, 0);
  });

  it("as somebody else's dependency: found where npm hoists it, refused at preview where it is out of reach", async () => {
    const place = await project("transitive", ONE_TOKEN.replace(`"${PACKAGE}"`, '"wrapper"'));
    const wrapper = join(place, "node_modules", "wrapper");
    mkdirSync(wrapper, { recursive: true });
    writeFileSync(
      join(wrapper, "package.json"),
      JSON.stringify({ name: "wrapper", version: "1.0.0", main: "index.js" }),
    );
    writeFileSync(join(wrapper, "index.js"), `module.exports = require("${PACKAGE}");\n`);
    await install(wrapper);
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
