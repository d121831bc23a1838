import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LocalWorkspace } from "../workspace";
import { PACKAGE, Packed } from "./package";
import { ONE_TOKEN, Stack } from "./stack";

/** An inline program of the Automation API: it runs in a process of its own, in whatever folder that was started. */
const INLINE = `
const { LocalWorkspace } = require("@pulumi/pulumi/automation");
const { DatabricksToken } = require("${PACKAGE}");
const program = async () => ({ token: new DatabricksToken("ci", { scopes: ["jobs"] }).tokenValue });
const [workDir] = process.argv.slice(2);
(async () => {
  const args = { stackName: "dev", projectName: "inline", program };
  const stack = await LocalWorkspace.createOrSelectStack(args, workDir ? { workDir } : {});
  try {
    const { outputs } = await stack.up();
    console.log("secret: " + outputs.token.secret);
  } finally {
    await stack.destroy();
  }
})().catch((error) => { console.log(error.message); process.exitCode = 1; });
`;

describe("a package that is within reach, and one that is not", function () {
  this.timeout(300_000);
  let packed: Packed;
  let workspace: LocalWorkspace;
  let stack: Stack | undefined;

  before(async () => {
    packed = await Packed.pack();
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

  it("a wrapper's own dependency: refused at preview, and the warning has the command of the package manager in use", async () => {
    const place = packed.project("wrapped", ONE_TOKEN.replace(`"${PACKAGE}"`, '"wrapper"'));
    const wrapper = join(place, "node_modules", "wrapper");
    mkdirSync(wrapper, { recursive: true });
    writeFileSync(join(wrapper, "index.js"), `module.exports = require("${PACKAGE}");\n`);
    await packed.install(wrapper);
    writeFileSync(join(place, "pnpm-lock.yaml"), "lockfileVersion: '9.0'\n");
    stack = await Stack.of(workspace, place);
    const { code, text } = await stack.run("preview");
    assert.notEqual(code, 0);
    assert.match(text, /\[PACKAGE_NOT_FOUND\]/);
    assert.match(text, /warning: .*package\.json of the program itself.*pnpm add pulumi-databricks-tokens/);
    assert.equal(workspace.calls.length, 0);
    renameSync(join(wrapper, "node_modules", PACKAGE), join(place, "node_modules", PACKAGE));
    assert.doesNotMatch(await stack.must("preview"), /out of reach/);
  });

  it("the Automation API, started from another folder: the stack's working folder counts", async () => {
    const place = packed.project("inline", "");
    await packed.install(place);
    writeFileSync(join(place, "inline.js"), INLINE);
    stack = await Stack.of(workspace, place);
    const elsewhere = join(stack.home, "elsewhere");
    mkdirSync(elsewhere);
    const good = await script(elsewhere, join(place, "inline.js"), place);
    assert.deepEqual([good.code, good.text.trim()], [0, "secret: true"]);
    assert.equal(workspace.countCalls("POST /api/2.0/token/create"), 1);
    assert.deepEqual(workspace.tokens(), []);
    const beside = await script(place, join(place, "inline.js"));
    assert.equal(beside.code, 0, "without one it is the folder that the process was started in");
    const bad = await script(place, join(place, "inline.js"), packed.project("without", ""));
    assert.equal(bad.code, 1);
    assert.match(bad.text, /PACKAGE_NOT_FOUND/);
  });

  async function script(cwd: string, ...args: string[]): Promise<{ code: number | null; text: string }> {
    const child = spawn(process.execPath, args, { cwd, env: stack!.env, stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (text += chunk));
    const code = await new Promise<number | null>((done) => child.once("close", done));
    return { code, text };
  }
});
