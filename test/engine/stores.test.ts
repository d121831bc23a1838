import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NetrcDocument } from "../../provider/machine/netrc-document";
import { ProfileDocument } from "../../provider/machine/profile-document";
import { LocalWorkspace } from "../workspace";
import { Stack } from "./stack";

/** One token in two stores; a third entry, with a literal for its value, takes over what was there. */
const PROGRAM = `
const { DatabricksToken, NetrcEntry, DatabricksCfgProfile } = require("pulumi-databricks-tokens");
const ci = new DatabricksToken("ci", JSON.parse(process.env.ARGS || "{}"));
new NetrcEntry("netrc", { machine: ci.host, password: ci.tokenValue });
new DatabricksCfgProfile("profile", { profile: "dev", host: ci.host, token: ci.tokenValue });
new NetrcEntry(process.env.PLAIN_NAME || "plain", {
  machine: "plain.example.com", password: "literal-in-the-program", adopt: true,
});
`;
const BEFORE = "# mine\nmachine plain.example.com login me password value-of-before\n";

describe("stores on the real engine", function () {
  this.timeout(300_000);
  let workspace: LocalWorkspace;
  let stack: Stack;
  let folder: string;
  let netrc: string;
  let cfg: string;

  beforeEach(async () => {
    workspace = await LocalWorkspace.start();
    // Not in the stack's home, which is searched for values that leaked.
    folder = realpathSync(mkdtempSync(join(tmpdir(), "pdt-engine-stores-")));
    netrc = join(folder, "netrc");
    cfg = join(folder, "cfg");
    writeFileSync(netrc, BEFORE, { mode: 0o600 });
    stack = await Stack.ofSource(workspace, PROGRAM, {
      NETRC: netrc,
      DATABRICKS_CONFIG_FILE: cfg,
      DATABRICKS_LOCK_TIMEOUT_SECONDS: "1",
      DATABRICKS_TOKENS_MACHINE_ID: "laptop",
    });
  });
  afterEach(async () => {
    const leaks = stack.leaks();
    const backend = readdirSync(stack.home, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"));
    const { printed } = stack;
    stack.remove();
    rmSync(folder, { recursive: true });
    await workspace.stop();
    assert.deepEqual(leaks, [], "places that hold a token in clear");
    for (const text of [...backend, printed]) {
      assert.ok(!text.includes("literal-in-the-program") && !text.includes("value-of-before"), "a value in clear");
    }
  });

  const inNetrc = () => new NetrcDocument(readFileSync(netrc, "utf8")).value("127.0.0.1")?.password;
  const inProfile = () => new ProfileDocument(readFileSync(cfg, "utf8")).value("dev");
  const release = (name: string): void => {
    stack.env.ARGS = JSON.stringify({ lifetimeSeconds: 600, triggers: { release: name } });
  };
  const lock = () => {
    const path = `${netrc}.databricks-tokens.lock`;
    writeFileSync(path, JSON.stringify({ host: "elsewhere", boot: "", space: "", pid: 1, start: "", id: "x" }));
    return path;
  };

  it("a rotation reaches every store in the same up; destroy removes the entries and puts the adopted one back", async () => {
    release("1");
    await stack.up();
    const [first] = workspace.tokens();
    assert.equal(inNetrc(), first?.value);
    assert.deepEqual(inProfile(), { host: workspace.host, token: first?.value });
    assert.match(readFileSync(netrc, "utf8"), /literal-in-the-program/);
    assert.match(await stack.up(), /5 unchanged/);

    release("2");
    await stack.up();
    const second = workspace.tokens().find((token) => token.tokenId !== first?.tokenId);
    assert.equal(inNetrc(), second?.value);
    assert.equal(inProfile()?.token, second?.value);
    assert.equal(workspace.isAlive(first?.value ?? ""), true, "whoever has read the old one still has its overlap");

    rmSync(cfg);
    await stack.refresh();
    await stack.up();
    assert.equal(inProfile()?.token, second?.value, "what was removed elsewhere is there again");

    // Without an alias the engine creates under the new name, then deletes the old one: the same place stays.
    stack.env.PLAIN_NAME = "renamed";
    assert.match(await stack.up(), /give it an alias/, "the adopted value can't go along");
    assert.match(readFileSync(netrc, "utf8"), /literal-in-the-program/);
    delete stack.env.PLAIN_NAME;
    await stack.up();

    await stack.destroy();
    assert.equal(existsSync(cfg), false);
    assert.equal(inNetrc(), undefined);
    assert.equal(workspace.tokens().length, 0);
  });

  it("puts an adopted value back on destroy, and replaces in the same place", async () => {
    await stack.up();
    const urn = String((await stack.resources()).find(({ outputs }) => outputs?.machine === "plain.example.com")?.urn);
    await stack.up("--replace", urn);
    assert.match(readFileSync(netrc, "utf8"), /literal-in-the-program/);
    await stack.destroy();
    assert.equal(readFileSync(netrc, "utf8"), BEFORE);
  });

  it("a store that fails leaves the old token alive, and the next up finishes: rotation, then replacement", async () => {
    release("1");
    await stack.up();
    const [first] = workspace.tokens();
    const held = lock();
    release("2");
    const failed = await stack.run("up", "--yes", "--skip-preview");
    assert.notEqual(failed.code, 0);
    assert.match(failed.text, /STORE_LOCKED/);
    assert.equal(inNetrc(), first?.value);
    assert.equal(workspace.isAlive(first?.value ?? ""), true);
    rmSync(held);
    await stack.up();
    assert.equal(workspace.tokens().length, 2, "no third one was minted");
    const second = workspace.tokens().find((token) => token.tokenId !== first?.tokenId);
    assert.equal(inNetrc(), second?.value);
    assert.equal(inProfile()?.token, second?.value);

    const urn = String(((await stack.token()) as { urn?: string }).urn);
    lock();
    const stuck = await stack.run("up", "--yes", "--skip-preview", "--replace", urn);
    assert.notEqual(stuck.code, 0);
    assert.equal(inNetrc(), second?.value);
    assert.equal(workspace.isAlive(second?.value ?? ""), true, "it is not revoked before every store has the new one");
    rmSync(held);
    await stack.up();
    const [third, ...more] = workspace.tokens();
    assert.equal(more.length, 0);
    assert.equal(inNetrc(), third?.value);
    assert.equal(inProfile()?.token, third?.value);
    await stack.destroy();
    assert.equal(readFileSync(netrc, "utf8"), BEFORE);
  });

  it("on another machine: says so, touches nothing there, and destroy still revokes the token", async () => {
    release("1");
    await stack.up();
    const text = readFileSync(netrc, "utf8");
    const [first] = workspace.tokens();
    stack.env.DATABRICKS_TOKENS_MACHINE_ID = "runner";
    assert.match(await stack.up(), /5 unchanged/);
    release("2");
    assert.match(await stack.up(), /not here/);
    assert.equal(readFileSync(netrc, "utf8"), text);
    stack.env.DATABRICKS_TOKENS_MACHINE_ID = "laptop";
    await stack.up();
    assert.notEqual(inNetrc(), first?.value, "its own machine's next up writes what was missed");
    stack.env.DATABRICKS_TOKENS_MACHINE_ID = "runner";
    assert.match(await stack.destroy(), /left there/);
    assert.equal(workspace.tokens().length, 0);
    assert.match(readFileSync(netrc, "utf8"), /127\.0\.0\.1/);
  });

  it("refuses at preview: two entries for one place, a path through a file", async () => {
    writeFileSync(
      join(stack.folder, "index.js"),
      `${PROGRAM}
new NetrcEntry("twice", { machine: "plain.example.com", password: "x" });
new NetrcEntry("through", { machine: "a.example.com", password: "x", path: process.env.NETRC + "/sub" });
`,
    );
    const { code, text } = await stack.run("preview");
    assert.notEqual(code, 0);
    assert.match(text, /already the place of NetrcEntry|STORE_PATH_REFUSED/);
    assert.equal(readFileSync(netrc, "utf8"), BEFORE);
  });
});
