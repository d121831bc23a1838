import assert from "node:assert/strict";
import type { Properties } from "../../provider/pulumi/wire";
import { LocalWorkspace } from "../workspace";
import { Provider, type Saved } from "./provider";

const HOUR = 3_600_000;
const CREATE = "POST /api/2.0/token/create";

/** The lifecycle through the real dynamic-provider process over its protocol; the workspace's clock is settable. */
describe("the dynamic provider over its protocol", function () {
  this.timeout(60_000);
  let workspace: LocalWorkspace;
  let provider: Provider;
  const origin = { organization: "organization", project: "p", stack: "dev", name: "ci" };

  beforeEach(async () => {
    workspace = await LocalWorkspace.start();
    provider = await Provider.start({ DATABRICKS_HOST: workspace.host, DATABRICKS_TOKEN: workspace.admin.token });
  });
  afterEach(async () => {
    provider.stop();
    await workspace.stop();
    for (const { value } of workspace.tokens({ all: true }))
      assert.ok(!provider.stderr.includes(value), "stderr holds a token");
  });

  const codes = (props: Properties | undefined): string[] =>
    ((props?.unfinished ?? []) as Array<{ code: string }>).map((item) => item.code);

  async function created(news: Properties = {}): Promise<{ id: string; outs: Properties; inputs: Properties }> {
    const { inputs, failures } = await provider.check({}, { origin, ...news });
    assert.deepEqual(failures, []);
    return { ...(await provider.create(inputs)), inputs };
  }

  it("creates with one owner look-up for the process, one call and one proof, and hands every output on", async () => {
    const { id, outs } = await created({ comment: "x", lifetimeSeconds: 7200 });
    assert.equal(id, outs.nonce);
    assert.deepEqual(
      workspace.calls.map((call) => call.path),
      ["/api/2.0/preview/scim/v2/Me", "/api/2.0/token/create", "/api/2.0/preview/scim/v2/Me"],
    );
    assert.equal(outs.authorizationHeader, `Bearer ${outs.tokenValue}`);
    assert.equal(outs.previousTokenId, "");
    assert.equal(outs.expiresAt, new Date(Number(outs.expiryTime)).toISOString());
    assert.equal(outs.owner, workspace.admin.userName);
    assert.deepEqual([outs.candidates, outs.retiring, outs.unfinished], [[], [], []]);
    assert.ok(!Object.values(outs).includes(undefined));
    await provider.delete(id, outs);
    assert.equal(workspace.tokens().length, 0);
  });

  it("revokes a token that is wider than asked for, and fails", async () => {
    workspace.settings.grantScopes = () => undefined;
    await assert.rejects(created({ scopes: ["jobs"] }), /TOO_WIDE/);
    assert.equal(workspace.tokens().length, 0);
    workspace.settings.grantScopes = (asked) => asked;
    workspace.settings.grantLifetime = () => 90 * 86_400;
    await assert.rejects(created({ lifetimeSeconds: 60 }), /TOO_WIDE/);
    assert.equal(workspace.tokens().length, 0);
  });

  it("waits for a token that takes a moment to work", async () => {
    workspace.settings.tokensWorkAfterMs = 1_500;
    const { outs } = await created();
    assert.equal(workspace.isAlive(String(outs.tokenValue)), true);
  });

  it("sweeps a lost attempt and tries again", async () => {
    workspace.faults.add({ method: "POST", path: "/api/2.0/token/create", kind: "close", when: "after" });
    const { outs } = await created();
    assert.deepEqual(
      workspace.tokens().map((token) => token.tokenId),
      [outs.tokenId],
    );
    assert.deepEqual(codes(outs), []);
  });

  it("rotates when the schedule says so, by the server's clock", async () => {
    const { id, outs, inputs } = await created({ lifetimeSeconds: 9 * 3600 });
    // The server is an hour before the moment although this machine's clock may think otherwise: nothing is minted.
    workspace.advance(4 * HOUR);
    const news = { ...inputs, comment: "touch" };
    const { outs: same } = await provider.update(id, outs, news);
    assert.equal(same.tokenId, outs.tokenId);
    workspace.advance(2 * HOUR);
    const { outs: next } = await provider.update(
      id,
      { ...same, creationTime: Number(same.creationTime) - 6 * HOUR },
      news,
    );
    assert.notEqual(next.tokenId, outs.tokenId);
    assert.equal(next.previousTokenId, outs.tokenId);
    assert.equal(workspace.isAlive(String(outs.tokenValue)), true, "the old one lives on");
    await provider.delete(id, next);
    assert.equal(workspace.tokens().length, 0);
  });

  it("mints nothing by a wrong local clock, and says by how much it is off", async () => {
    const { id, outs, inputs } = await created({ lifetimeSeconds: 9 * 3600 });
    workspace.advance(-7 * HOUR);
    // By this machine's clock the token looks seven hours old.
    const old = {
      ...outs,
      creationTime: Number(outs.creationTime) - 7 * HOUR,
      expiryTime: Number(outs.expiryTime) - 7 * HOUR,
    };
    const { outs: same } = await provider.update(id, old, inputs);
    assert.equal(same.tokenId, outs.tokenId);
    await provider.told(/420 min fast/);
  });

  it("patches comment and narrower scopes in place, retiring tokens too", async () => {
    const { id, outs, inputs } = await created({ scopes: ["jobs", "clusters"], triggers: { a: "1" } });
    const { outs: rotated } = await provider.update(id, outs, { ...inputs, triggers: { a: "2" } });
    const news = { ...inputs, triggers: { a: "2" }, comment: "new", scopes: ["jobs"] };
    const { outs: patched } = await provider.update(id, rotated, news);
    assert.equal(patched.tokenId, rotated.tokenId);
    for (const token of workspace.tokens()) assert.deepEqual(token.scopes, ["jobs"]);
    assert.deepEqual(patched.scopes, ["jobs"]);
    assert.equal((await provider.diff(id, patched, news)).changes, false);
  });

  it("rotates where the workspace knows no PATCH, or scopes are removed", async () => {
    workspace.settings.patchSupported = false;
    const { id, outs, inputs } = await created({ scopes: ["jobs"] });
    const { outs: commented } = await provider.update(id, outs, { ...inputs, comment: "new" });
    assert.notEqual(commented.tokenId, outs.tokenId);
    const { scopes: _, ...unscoped } = inputs;
    const { outs: widened } = await provider.update(id, commented, unscoped);
    assert.notEqual(widened.tokenId, commented.tokenId);
    await provider.delete(id, widened);
    assert.equal(workspace.tokens().length, 0);
  });

  it("keeps a refused PATCH as unfinished until an update gets through", async () => {
    const { id, outs, inputs } = await created({ comment: "a" });
    workspace.faults.add({
      method: "PATCH",
      kind: "status",
      status: 400,
      body: '{"error_code":"BAD_REQUEST","message":"no"}',
    });
    const news = { ...inputs, comment: "b" };
    const saved: Saved = await provider.update(id, outs, news).then(
      () => assert.fail("must fail"),
      (error) => error,
    );
    assert.deepEqual(codes(saved.properties), ["patch-refused"]);
    assert.equal(saved.properties?.comment, "a");
    const { outs: done } = await provider.update(id, saved.properties ?? {}, news);
    assert.deepEqual([done.comment, codes(done)], ["b", []]);
  });

  it("is not fooled by an empty list: a living token is kept, and no other one minted", async () => {
    const { id, outs, inputs } = await created();
    workspace.faults.add({ path: "/api/2.0/token/list", kind: "empty-list" });
    const { props } = await provider.read(id, outs);
    assert.deepEqual(codes(props), []);
    assert.equal((await provider.diff(id, props, inputs)).changes, false);
  });

  it("keeps a token that another identity's list can't show", async () => {
    const { id, outs } = await created();
    const other = workspace.addUser("other@example.com", {});
    const stranger = await Provider.start({ DATABRICKS_HOST: workspace.host, DATABRICKS_TOKEN: other.token });
    try {
      workspace.revoke(String(outs.tokenId));
      assert.deepEqual(codes((await stranger.read(id, outs)).props), []);
      await stranger.told(new RegExp(workspace.admin.userName));
    } finally {
      stranger.stop();
    }
  });

  it("lists once for all reads of a process", async () => {
    const { id, outs } = await created();
    workspace.calls.length = 0;
    await Promise.all(Array.from({ length: 20 }, () => provider.read(id, outs)));
    assert.equal(workspace.calls.length, 1);
  });

  it("deletes without any credential: the token revokes itself", async () => {
    const { id, outs } = await created();
    const bare = await Provider.start({});
    try {
      await bare.delete(id, outs);
    } finally {
      bare.stop();
    }
    assert.equal(workspace.tokens().length, 0);
  });

  it("deletes by an administrator's call where the owner is another", async () => {
    const user = workspace.addUser("user@example.com", {});
    const theirs = await Provider.start({ DATABRICKS_HOST: workspace.host, DATABRICKS_TOKEN: user.token });
    const { inputs } = await theirs.check({}, { origin, scopes: ["jobs"] });
    const { id, outs } = await theirs.create(inputs);
    theirs.stop();
    await provider.delete(id, outs);
    assert.equal(workspace.tokens().length, 0);
  });

  it("keeps what nobody may revoke, and names owner and expiry", async () => {
    const { id, outs } = await created({ scopes: ["jobs"] });
    const bare = await Provider.start({});
    try {
      await assert.rejects(
        bare.delete(id, outs),
        new RegExp(`${workspace.admin.userName}.*${outs.expiresAt}.*REVOCATION_REFUSED`, "s"),
      );
    } finally {
      bare.stop();
    }
    assert.equal(workspace.tokens().length, 1);
  });

  it("waits until a revocation has spread", async () => {
    const { id, outs } = await created();
    workspace.settings.tokensDieAfterMs = 1_500;
    await provider.delete(id, outs);
    assert.equal(workspace.isAlive(String(outs.tokenValue)), false);
  });

  it("names quota, disabled tokens and a limit on lifetimes, and leaves nothing behind", async () => {
    workspace.settings.maxTokenLifetimeDays = 30;
    await assert.rejects(created(), /LIFETIME_OVER_LIMIT/);
    workspace.settings.maxTokenLifetimeDays = 0;
    workspace.settings.quota = 1;
    await created();
    await assert.rejects(created(), /QUOTA_EXCEEDED/);
    workspace.settings.enableTokensConfig = false;
    await assert.rejects(created(), /TOKENS_DISABLED/);
    assert.equal(workspace.countCalls(CREATE), 4);
  });

  it("destroys many with one listing and one owner look-up, and a revocation and a proof for each", async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => created()));
    const fresh = await Provider.start({ DATABRICKS_HOST: workspace.host, DATABRICKS_TOKEN: workspace.admin.token });
    try {
      workspace.calls.length = 0;
      await Promise.all(all.map(({ id, outs }) => fresh.delete(id, outs)));
      const counts = ["GET /api/2.0/token/list", "POST /api/2.0/token/delete", "GET /api/2.0/preview/scim/v2/Me"];
      assert.deepEqual(
        counts.map((call) => workspace.countCalls(call)),
        [1, 20, 21],
      );
      assert.equal(workspace.calls.length, 42);
    } finally {
      fresh.stop();
    }
  });

  it("deletes by the environment where the state's copy of the config holds a credential of yesterday", async () => {
    const { id, outs } = await created({ scopes: ["jobs"] });
    const yesterday = { "databricks:host": workspace.host, "databricks:token": "of-yesterday" };
    const stale = await Provider.start({ DATABRICKS_TOKEN: workspace.admin.token }, yesterday);
    try {
      await stale.delete(id, outs);
    } finally {
      stale.stop();
    }
    assert.equal(workspace.tokens().length, 0);
  });

  it("says how to go on where the workspace no longer exists, and deletes nothing by guess", async () => {
    const { id, outs } = await created();
    const host = "https://adb-1.2.azuredatabricks.invalid";
    await assert.rejects(provider.delete(id, { ...outs, host }), /pulumi state delete.*\[UNREACHABLE\]/s);
    workspace.faults.add({ kind: "html-login", times: Number.POSITIVE_INFINITY });
    await assert.rejects(provider.delete(id, outs), /pulumi state delete.*\[WRONG_HOST\]/s);
    workspace.faults.clear();
    assert.equal(workspace.tokens().length, 1);
  });

  it("shows no secret on its standard error, under NODE_DEBUG too", async () => {
    const env = { DATABRICKS_HOST: workspace.host, DATABRICKS_TOKEN: workspace.admin.token };
    const chatty = await Provider.start({ ...env, NODE_DEBUG: "undici,fetch,http,net,tls" });
    try {
      const { inputs } = await chatty.check({}, { origin });
      const { id, outs } = await chatty.create(inputs);
      workspace.faults.add({ path: "/api/2.0/token/delete", kind: "status", status: 400, body: `${outs.tokenValue}!` });
      await chatty.delete(id, outs);
      await chatty.told(/UNDICI|FETCH/);
      for (const value of [outs.tokenValue, workspace.admin.token]) {
        assert.ok(!chatty.stderr.includes(String(value)), "a secret stands in standard error");
      }
    } finally {
      chatty.stop();
    }
  });

  it("sends a credential only to the host that it is meant for", async () => {
    const { id, outs } = await created({ scopes: ["jobs"] });
    const elsewhere = await LocalWorkspace.start();
    const misled = await Provider.start({ DATABRICKS_HOST: elsewhere.host, DATABRICKS_TOKEN: elsewhere.admin.token });
    try {
      await assert.rejects(misled.delete(id, outs), /REVOCATION_REFUSED/);
      assert.equal(elsewhere.calls.length, 0);
      assert.ok(
        workspace.calls.every((call) => call.identity === undefined || call.identity === workspace.admin.userName),
      );
    } finally {
      misled.stop();
      await elsewhere.stop();
    }
  });
});
