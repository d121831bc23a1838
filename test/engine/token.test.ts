import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { LocalWorkspace } from "../workspace";
import { ONE_TOKEN, Stack } from "./stack";

const CREATE = "POST /api/2.0/token/create";
const DELETE = "POST /api/2.0/token/delete";
const LIST = "GET /api/2.0/token/list";

describe("DatabricksToken on the real engine", function () {
  this.timeout(180_000);
  let workspace: LocalWorkspace;
  let stack: Stack;

  const args = (value: object): void => {
    stack.env.ARGS = JSON.stringify(value);
  };

  beforeEach(async () => {
    workspace = await LocalWorkspace.start();
    stack = await Stack.ofSource(workspace, ONE_TOKEN);
  });
  afterEach(async () => {
    const leaks = stack.leaks();
    stack.remove();
    await workspace.stop();
    assert.deepEqual(leaks, [], "places that hold a token in clear");
  });

  it("mints at up, changes nothing at a second one, and revokes at destroy", async () => {
    args({ comment: "deploy from CI", scopes: ["clusters", "jobs"] });
    const preview = await stack.must("preview");
    assert.match(preview, /\+ 2 to create/);
    assert.equal(workspace.countCalls(CREATE), 0);

    const printed = await stack.up();
    assert.match(printed, /token\s*: \[secret\]/);
    const [token, ...more] = workspace.tokens();
    assert.equal(more.length, 0);
    const outputs = await stack.outputs();
    assert.equal(outputs.token, token?.value);
    assert.equal(outputs.header, `Bearer ${token?.value}`);
    assert.equal(outputs.owner, workspace.admin.userName);
    assert.match(token?.comment ?? "", /^deploy from CI \[pulumi organization\/engine-test\/dev\/ci#[0-9a-f]{24}\]$/);
    assert.deepEqual([...(token?.scopes ?? [])].sort(), ["clusters", "jobs"]);
    const { id, outputs: state } = await stack.token();
    assert.equal(id, state.nonce);
    assert.equal(state.schemaVersion, 1);
    assert.deepEqual(state.unfinished, []);
    assert.ok(Buffer.byteLength(String(state.__provider)) <= 2048);

    workspace.calls.length = 0;
    assert.match(await stack.up(), /2 unchanged/);
    assert.equal(workspace.calls.length, 0, "a no-op up asks nothing");

    await stack.destroy();
    assert.equal(workspace.tokens().length, 0);
    assert.equal(workspace.countCalls(LIST), 1);
  });

  it("rotates in place after a revocation elsewhere", async () => {
    await stack.up();
    const [old] = workspace.tokens();
    workspace.revoke(old?.tokenId ?? "");
    await stack.refresh();
    const { outputs } = await stack.token();
    assert.deepEqual(
      (outputs.unfinished as Array<{ code: string }>).map((item) => item.code),
      ["current-gone"],
    );
    await stack.up();
    const [now, ...more] = workspace.tokens();
    assert.equal(more.length, 0);
    assert.notEqual(now?.tokenId, old?.tokenId);
    assert.equal((await stack.outputs()).token, now?.value);
    assert.deepEqual((await stack.token()).outputs.unfinished, []);
    await stack.destroy();
  });

  it("mends a comment that was changed elsewhere, marker included", async () => {
    args({ comment: "deploy" });
    await stack.up();
    const [token] = workspace.tokens();
    workspace.editToken(token?.tokenId ?? "", { comment: "mine now" });
    await stack.refresh();
    assert.equal((await stack.token()).outputs.comment, "mine now");
    await stack.up();
    assert.match(workspace.tokens()[0]?.comment ?? "", /^deploy \[pulumi /);
    assert.equal(workspace.tokens()[0]?.tokenId, token?.tokenId);
    await stack.destroy();
  });

  it("rotates by triggers: the old token lives for its overlap, and a later up revokes it", async () => {
    args({ lifetimeSeconds: 600, overlapSeconds: 12, triggers: { release: "1" } });
    await stack.up();
    const [old] = workspace.tokens();
    args({ lifetimeSeconds: 600, overlapSeconds: 12, triggers: { release: "2" } });
    await stack.up();
    assert.equal(workspace.tokens().length, 2, "both live");
    const outputs = await stack.outputs();
    assert.equal(outputs.previous, old?.value);
    assert.notEqual(outputs.token, old?.value);
    await sleep(12_500);
    await stack.up();
    assert.equal(workspace.isAlive(old?.value ?? ""), false);
    assert.equal(workspace.isAlive(String(outputs.token)), true);
    assert.equal((await stack.outputs()).previous, "");
    assert.match(await stack.up(), /2 unchanged/);
    await stack.destroy();
    assert.equal(workspace.tokens().length, 0);
  });

  it("replaces at once: both live in between, the old one is revoked last, in the same run", async () => {
    await stack.up();
    const [old] = workspace.tokens();
    workspace.calls.length = 0;
    const { id } = await stack.token();
    const urn = String(((await stack.resources()).find((item) => item.id === id) as { urn?: string }).urn);
    await stack.up("--replace", urn);
    const order = workspace.calls.map((call) => `${call.method} ${call.path}`);
    assert.ok(order.indexOf(CREATE) >= 0 && order.indexOf(CREATE) < order.indexOf(DELETE), order.join("\n"));
    const [now, ...more] = workspace.tokens();
    assert.equal(more.length, 0);
    assert.equal(workspace.isAlive(old?.value ?? ""), false);
    assert.equal((await stack.outputs()).token, now?.value);
    await stack.destroy();
  });

  it("saves a resource whose creation is not known to have failed, and the next up finishes it", async () => {
    workspace.settings.listLagMs = 600_000;
    workspace.faults.add({
      method: "POST",
      path: "/api/2.0/token/create",
      times: Number.POSITIVE_INFINITY,
      kind: "reset",
      when: "after",
    });
    stack.env.DATABRICKS_OPERATION_TIMEOUT_SECONDS = "4";
    const { code } = await stack.run("up", "--yes", "--skip-preview");
    assert.notEqual(code, 0);
    const unfinished = (await stack.token()).outputs.unfinished as Array<{ code: string }>;
    assert.deepEqual(
      unfinished.map((item) => item.code),
      ["creation-unknown"],
    );
    workspace.faults.clear();
    workspace.settings.listLagMs = 0;
    delete stack.env.DATABRICKS_OPERATION_TIMEOUT_SECONDS;
    await stack.up();
    assert.equal(workspace.tokens().length, 1, "the lost attempts are revoked, one token works");
    assert.equal((await stack.outputs()).token, workspace.tokens()[0]?.value);
    await stack.destroy();
    assert.equal(workspace.tokens().length, 0);
  });

  it("refuses bad input at preview, naming the property", async () => {
    args({ lifetimeSeconds: 0, scopes: ["authentication"], workspace: { host: "http://example.com", token: "x" } });
    const { code, text } = await stack.run("preview");
    assert.notEqual(code, 0);
    for (const property of ["lifetimeSeconds", "scopes[0]", "workspace.token"])
      assert.ok(text.includes(property), property);
    assert.equal(workspace.calls.length, 0);
  });

  it("takes its sign-in from the stack's config, and refuses a secret that was set without --secret", async () => {
    delete stack.env.DATABRICKS_TOKEN;
    delete stack.env.DATABRICKS_HOST;
    await stack.must("config", "set", "databricks:host", workspace.host);
    await stack.must("config", "set", "--secret", "databricks:token", workspace.admin.token);
    await stack.up();
    assert.equal(workspace.tokens().length, 1);
    await stack.destroy();
    assert.equal(workspace.tokens().length, 0);

    await stack.must("config", "set", "--plaintext", "databricks:token", "not-a-real-one");
    const { code, text } = await stack.run("preview");
    assert.notEqual(code, 0);
    assert.match(text, /pulumi config set --secret databricks:token/);
  });

  it("fails an update with the old value kept, and goes on at the next up", async () => {
    args({ triggers: { v: "1" } });
    await stack.up();
    const before = await stack.outputs();
    args({ triggers: { v: "2" } });
    workspace.faults.add({
      method: "POST",
      path: "/api/2.0/token/create",
      kind: "status",
      status: 400,
      body: '{"error_code":"BAD_REQUEST","message":"no"}',
    });
    assert.notEqual((await stack.run("up", "--yes", "--skip-preview")).code, 0);
    assert.deepEqual((await stack.token()).outputs.triggers, { v: "1" });
    assert.equal(workspace.isAlive(String(before.token)), true);
    await stack.up();
    assert.notEqual((await stack.outputs()).token, before.token);
    assert.equal(workspace.tokens().length, 2);
    await stack.destroy();
    assert.equal(workspace.tokens().length, 0);
  });
});
