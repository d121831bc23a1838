import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { markComment } from "../../provider/token/marker";
import { LocalWorkspace } from "../workspace";
import { fakeCommand } from "../workspace/fake-command";
import { Azurite } from "./azurite";
import { Gate } from "./gate";
import { KeyVault } from "./key-vault";
import { descendants, hasProcesses, isRunning, kill, type Running, until } from "./processes";
import { ONE_TOKEN, Stack } from "./stack";
import { databricksTokens } from "./tool";

const CREATE = { method: "POST", path: "/api/2.0/token/create" };
const ORIGIN = { organization: "organization", project: "engine-test", stack: "dev", name: "ci" };
/** After it no token is so young that it may still be in flight. */
const LATER = 10 * 60_000;

interface Found {
  code: number | null;
  kinds: Record<string, string>;
  problems: string[];
  outcomes: string[][];
}

describe("databricks-tokens audit, on a stack in Azure Blob Storage", function () {
  this.timeout(300_000);
  let azurite: Azurite;
  let workspace: LocalWorkspace;
  let stack: Stack;
  let container: string;
  let home: string;
  let printed: string;
  let count = 0;
  let processes: Running[] = [];

  before(async function () {
    const started = await Azurite.start();
    if (!started) return this.skip();
    azurite = started;
  });
  after(() => azurite?.stop());

  async function begin(env: Record<string, string> = {}): Promise<void> {
    container = `state-${++count}`;
    await azurite.createContainer(container);
    stack = await Stack.ofSource(workspace, ONE_TOKEN, { ...azurite.env(container), ...env });
  }
  beforeEach(async () => {
    workspace = await LocalWorkspace.start();
    home = realpathSync(mkdtempSync(join(tmpdir(), "pdt-audit-")));
    printed = "";
  });
  afterEach(async () => {
    for (const item of processes) kill(item);
    processes = [];
    const values = [...workspace.tokens({ all: true }).map((token) => token.value), workspace.admin.token];
    const leaks = [values.some((value) => printed.includes(value)), azurite.holds(values), stack.leaks()];
    stack.remove();
    rmSync(home, { recursive: true, force: true });
    await workspace.stop();
    assert.deepEqual(leaks, [false, false, []]);
  });

  async function audit(args: string[], env: Record<string, string> = stack.env): Promise<Found> {
    const { code, stdout, stderr } = await databricksTokens(["audit", "--json", ...args], {
      cwd: stack.folder,
      env: { ...env, HOME: home },
    });
    printed += stdout + stderr;
    const { tokens, problems, revocation } = JSON.parse(stdout);
    return {
      code,
      kinds: Object.fromEntries(tokens.map((row: Record<string, string>) => [row.tokenId, row.kind])),
      problems: problems.map((problem: { code: string }) => problem.code),
      outcomes: (revocation ?? []).map((item: Record<string, string>) => [item.outcome, item.tokenId]),
    };
  }
  const revoke = (args: string[] = [], env?: Record<string, string>): Promise<Found> =>
    audit(["--revoke-orphans", "--yes", ...args], env);
  const refusal = (code: string): Found => ({ code: 3, kinds: {}, problems: [code], outcomes: [] });

  /** A token of the stack that its state does not have. */
  async function orphan(): Promise<string> {
    const comment = markComment("", ORIGIN, (await stack.token()).id!);
    const { tokenId } = workspace.mint(workspace.admin, { comment, lifetimeSeconds: 3_600 * 24 * 90 });
    workspace.advance(LATER);
    return tokenId;
  }
  const isAlive = (tokenId: string): boolean => workspace.tokens().some((token) => token.tokenId === tokenId);

  /** All that the audit must leave as it is: the blobs, the project's folder, Pulumi's settings with what is selected. */
  async function everything(): Promise<Record<string, string>> {
    const found: Record<string, string> = { blobs: await azurite.list(container) };
    for (const folder of [stack.folder, stack.home]) {
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name);
        if (!entry.isFile() || path.includes("/.pulumi/logs/")) continue;
        found[path] = createHash("sha256").update(readFileSync(path)).digest("hex");
      }
    }
    return found;
  }

  it("revokes the orphan under no lock; every blob, file and setting stays as it is, also of a renamed stack", async () => {
    await begin();
    await stack.up();
    const lost = await orphan();
    writeFileSync(join(stack.folder, "Pulumi.dev.yaml"), "config: {}\n");
    const { PULUMI_CONFIG_PASSPHRASE: phrase, PULUMI_BACKEND_URL: url, ...env } = stack.env;
    writeFileSync(join(stack.folder, "phrase"), phrase!);
    appendFileSync(join(stack.folder, "Pulumi.yaml"), `backend:\n  url: ${url}\n`);
    await stack.must("stack", "init", "other");
    const before = await everything();
    const dev = ["--stack", "dev"];
    assert.equal((await audit(dev)).kinds[lost], "orphan");
    assert.ok(isAlive(lost), "looking revokes nothing");
    assert.deepEqual(await everything(), before);

    assert.deepEqual((await revoke(["--stack", "DEV"])).problems, ["STACK_UNREADABLE"]);
    const done = await revoke(dev, { ...env, PULUMI_CONFIG_PASSPHRASE_FILE: "phrase" });
    assert.deepEqual(done.outcomes, [["revoked", lost]], "passphrase and backend are named in this folder");
    assert.ok(!isAlive(lost));
    assert.deepEqual(await everything(), before);

    await stack.must("stack", "select", "dev");
    await stack.must("stack", "rename", "prod");
    const again = await orphan();
    const renamed = await everything();
    assert.deepEqual((await revoke()).outcomes, [["revoked", again]], "the stack that is selected, by its old marker");
    assert.deepEqual(await everything(), renamed);
    const whole = ["--stack", "organization/engine-test/prod", "--dir", home];
    assert.deepEqual((await revoke(whole)).outcomes, [], "from a folder without a project");
  });

  it("RUN_UNDER_WAY during a real `pulumi up`, and after its SIGKILL until `pulumi cancel`", async function () {
    if (!hasProcesses()) this.skip();
    await begin();
    workspace.faults.add({ ...CREATE, kind: "hang", times: 1 });
    const run = stack.run("up", "--yes", "--skip-preview");
    await until(() => workspace.countCalls("POST /api/2.0/token/create") > 0, "a creation in flight");
    const locked = await azurite.list(container);
    assert.match(locked, /\.pulumi\/locks\/organization\/engine-test\/dev\//);
    assert.deepEqual(await revoke(["--stack", "dev"]), refusal("RUN_UNDER_WAY"));
    const option = { ...stack.env, PULUMI_OPTION_PREVIEW_ONLY: "true" };
    assert.deepEqual(await revoke(["--stack", "dev"], option), refusal("RUN_UNDER_WAY"));

    processes = descendants(stack.pid);
    process.kill(stack.pid, "SIGKILL");
    for (const item of processes) kill(item);
    assert.notEqual((await run).code, 0);
    await until(() => processes.every((item) => !isRunning(item)), "the plugin's end");
    workspace.faults.clear();
    assert.deepEqual(await revoke(["--stack", "dev"]), refusal("RUN_UNDER_WAY"));
    await stack.must("cancel", "--yes");
    const { pending } = await stack.deployment();
    assert.equal(pending.length, 1);
    const comment = markComment("", ORIGIN, String(pending[0]!.resource.inputs.nonce));
    const lost = workspace.mint(workspace.admin, { comment, lifetimeSeconds: 3_600 * 24 * 90 });
    workspace.advance(LATER);
    assert.deepEqual((await revoke(["--stack", "dev"])).outcomes, [["revoked", lost.tokenId]]);
    await stack.up();
  });

  it("killed while it has the lock: nothing but the lock is left, and `pulumi cancel` takes it away", async function () {
    if (!hasProcesses()) this.skip();
    await begin();
    await stack.up();
    const lost = await orphan();
    const before = await everything();
    const gate = await Gate.to(azurite.address, ({ method, url = "" }) => method === "PUT" && /locks/.test(url));
    try {
      const run = revoke(["--stack", "dev"], { ...stack.env, AZURE_STORAGE_DOMAIN: gate.address });
      await until(() => gate.closed, "the lock to be taken");
      assert.deepEqual(await revoke(["--stack", "dev"]), refusal("RUN_UNDER_WAY"));
      const probes = descendants(process.pid).filter(({ command }) => command.startsWith("pulumi refresh "));
      assert.equal(probes.length, 1);
      for (const item of probes) kill(item);
      assert.deepEqual(await run, refusal("LOCK_UNKNOWN"));
    } finally {
      await gate.stop();
    }
    assert.deepEqual(await revoke(["--stack", "dev"]), refusal("RUN_UNDER_WAY"));
    await stack.must("cancel", "--yes");
    assert.deepEqual(await everything(), before);
    assert.deepEqual((await revoke(["--stack", "dev"])).outcomes, [["revoked", lost]]);
  });

  it("LOCK_UNKNOWN once the backend goes away, or says what nobody knows: nothing is revoked", async () => {
    await begin();
    await stack.up();
    const lost = await orphan();
    const real = stack.env
      .PATH!.split(delimiter)
      .map((folder) => join(folder, "pulumi"))
      .find(existsSync);
    const instead = async (of: string, script: string): Promise<Found> => {
      fakeCommand(home, "pulumi", `case "$*" in *${of}*) ${script};; esac\n'${real}' "$@"`);
      return revoke(["--stack", "dev"], { ...stack.env, PATH: [home, stack.env.PATH].join(delimiter) });
    };
    assert.deepEqual(await instead("refresh", "export PULUMI_BACKEND_URL=azblob://gone"), refusal("LOCK_UNKNOWN"));
    assert.deepEqual(await instead("refresh", "exit 0"), refusal("LOCK_UNKNOWN"));
    await stack.must("stack", "init", "other");
    const another = "echo organization/engine-test/other; exit 0";
    assert.deepEqual(await instead("--show-name", another), refusal("LOCK_UNKNOWN"), "selected anew in between");
    assert.ok(isAlive(lost));
    assert.deepEqual((await instead("refresh", "true")).outcomes, [["revoked", lost]]);
  });

  it("a stack whose secrets are in a key vault: no passphrase is at hand, nor is one asked for", async () => {
    const vault = await KeyVault.start();
    try {
      await begin({ VAULT_ADDR: vault.address, VAULT_SERVER_URL: vault.address, VAULT_SERVER_TOKEN: "none" });
      await stack.up();
      await stack.must("stack", "change-secrets-provider", "hashivault://pulumi");
      const lost = await orphan();
      const { PULUMI_CONFIG_PASSPHRASE: _, ...env } = stack.env;
      assert.match((await stack.deployment()).resources[0]!.urn, /dev/);
      const before = await everything();
      assert.deepEqual((await revoke(["--stack", "dev"], env)).outcomes, [["revoked", lost]]);
      assert.deepEqual(await everything(), before);
      assert.ok(vault.asked > 0);
    } finally {
      await vault.stop();
    }
  });

  it("a backend from before projects were told apart, whose state is compressed", async () => {
    const old = { PULUMI_DIY_BACKEND_LEGACY_LAYOUT: "true", PULUMI_DIY_BACKEND_IGNORE_DEPRECATION_ERROR: "true" };
    await begin({ ...old, PULUMI_DIY_BACKEND_GZIP: "true" });
    await stack.up();
    const lost = await orphan();
    const before = await everything();
    assert.match(before.blobs!, /<Name>\.pulumi\/stacks\/dev\.json\.gz</);
    assert.deepEqual((await revoke(["--stack", "dev"])).outcomes, [["revoked", lost]]);
    assert.deepEqual(await everything(), before);
  });
});
