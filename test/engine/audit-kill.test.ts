import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalWorkspace } from "../workspace";
import { descendants, isRunning, kill, type Running, until } from "./processes";
import { ROOT, Stack } from "./stack";

const CREATE = "POST /api/2.0/token/create";
const COUNT = 6;
/** Are saved before the kill. */
const SAVED = 2;
const PROGRAM = `
const { DatabricksToken } = require("pulumi-databricks-tokens");
for (let index = 0; index < ${COUNT}; index++) new DatabricksToken("t" + index);
`;
/** Real time that creations stay in flight: long enough that a busy machine has all of them there at the kill. */
const IN_FLIGHT_MS = 4_000;
const TOKEN = "pulumi-nodejs:dynamic/databricks:Token";

describe("databricks-tokens audit, after a SIGKILL", function () {
  this.timeout(300_000);
  let workspace: LocalWorkspace;
  let stack: Stack;
  let home: string;
  let processes: Running[] = [];

  before(function () {
    // Whose child a process is, is read there.
    if (!existsSync("/proc/self/stat")) this.skip();
  });
  beforeEach(async () => {
    workspace = await LocalWorkspace.start();
    stack = await Stack.ofSource(workspace, PROGRAM);
    home = mkdtempSync(join(tmpdir(), "pdt-audit-"));
  });
  afterEach(async () => {
    for (const item of processes) kill(item);
    processes = [];
    const leaks = stack.leaks();
    stack.remove();
    rmSync(home, { recursive: true, force: true });
    await workspace.stop();
    assert.deepEqual(leaks, []);
  });

  async function audit(...args: string[]) {
    const main = join(ROOT, "dist", "cli", "main.js");
    const child = spawn(process.execPath, [main, "audit", "--json", "--stack", "dev", "--dir", stack.folder, ...args], {
      env: { ...stack.env, HOME: home },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    child.stdout.on("data", (chunk) => (text += chunk));
    const code = await new Promise<number | null>((done) => child.once("close", done));
    for (const { value } of workspace.tokens({ all: true })) assert.ok(!text.includes(value));
    return { code, ...JSON.parse(text) };
  }
  const idsOf = (tokens: ReadonlyArray<{ tokenId: string }>): string[] => tokens.map(({ tokenId }) => tokenId).sort();

  it("of the CLI amid creates: names exactly the tokens that it leaked, and revokes them", async () => {
    workspace.faults.add({
      ...{ method: "POST", path: "/api/2.0/token/create", skip: SAVED, times: COUNT - SAVED },
      ...{ kind: "slow", when: "after", delayMs: IN_FLIGHT_MS },
    });
    const run = stack.run("up", "--yes", "--skip-preview", "--parallel", String(COUNT));
    const saved = () => stack.checkpoint().resources.filter(({ type }) => type === TOKEN).length;
    await until(() => workspace.countCalls(CREATE) === COUNT && saved() === SAVED, "creations in flight");
    processes = descendants(stack.pid);
    process.kill(stack.pid, "SIGKILL");
    for (const item of processes) kill(item);
    assert.notEqual((await run).code, 0);
    await until(() => processes.every((item) => !isRunning(item)), "the plugin's end");
    await until(() => workspace.tokens().length === COUNT, "the calls in flight to take effect");
    workspace.faults.clear();

    const kept = idsOf(
      (await stack.deployment()).resources
        .filter(({ type }) => type === TOKEN)
        .map(({ outputs }) => ({ tokenId: String(outputs.tokenId) })),
    );
    const leaked = idsOf(workspace.tokens()).filter((tokenId) => !kept.includes(tokenId));
    assert.equal(leaked.length, COUNT - SAVED);
    const found = await audit();
    assert.equal(found.code, 2);
    const of = (kind: string): string[] => idsOf(found.tokens.filter((row: { kind: string }) => row.kind === kind));
    assert.deepEqual([of("managed"), of("orphan"), found.tokens.length], [kept, leaked, COUNT]);

    const locked = await audit("--revoke-orphans", "--yes");
    assert.deepEqual([locked.code, locked.problems[0].code], [3, "RUN_UNDER_WAY"], "the killed CLI's lock stays");
    await stack.must("cancel", "--yes");
    const young = await audit("--revoke-orphans", "--yes");
    assert.ok(young.revocation.every(({ outcome }: { outcome: string }) => outcome === "left"));
    assert.equal(workspace.tokens().length, COUNT);

    workspace.advance(10 * 60_000);
    const done = await audit("--revoke-orphans", "--yes");
    assert.equal(done.code, 0, JSON.stringify(done));
    assert.deepEqual(idsOf(done.revocation), leaked);
    assert.deepEqual(idsOf(workspace.tokens()), kept);
    assert.match(done.advice[0], /pulumi refresh --clear-pending-creates --stack dev/);
    await stack.must("refresh", "--yes", "--skip-preview", "--clear-pending-creates");
    assert.deepEqual((await stack.deployment()).pending, []);
    assert.equal((await audit()).code, 0);
    await stack.destroy();
    assert.deepEqual(workspace.tokens(), []);
  });
});
