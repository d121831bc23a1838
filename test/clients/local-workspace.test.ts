import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, get } from "node:http";
import { ROOT } from "../engine/stack";
import { LocalWorkspace } from "../workspace";
import { Caller } from "./caller";

const HOUR = 3_600_000;

describe("the local workspace", () => {
  let workspace: LocalWorkspace;
  let admin: Caller;

  beforeEach(async () => {
    workspace = await LocalWorkspace.start();
    admin = new Caller(workspace);
  });
  afterEach(() => workspace.stop());

  const user = (name: string): Caller => new Caller(workspace, workspace.addUser(`${name}@example.com`));

  it("answers 400 to a body that is no JSON object", async () => {
    for (const body of ["null", "[]", "5", '"x"', "{", "nonsense"]) {
      const { status, json } = await admin.call("POST /api/2.0/token/create", body);
      assert.deepEqual([body, status, json?.error_code], [body, 400, "MALFORMED_REQUEST"]);
    }
    assert.equal((await admin.create({ scopes: "jobs" })).status, 400);
    assert.equal((await admin.create({ lifetime_seconds: "x" })).status, 400);
    assert.equal(workspace.tokens().length, 0);
  });

  it("gives a token without scopes all access, however it came to have none", async () => {
    for (const scopes of [undefined, []]) {
      const { json } = await admin.create({ scopes });
      assert.equal(json.token_info.scopes, undefined);
      assert.equal(await new Caller(workspace, { value: json.token_value }).me(), 200);
    }
    const narrow = (await admin.create({ scopes: ["jobs"] })).json;
    const holder = new Caller(workspace, { value: narrow.token_value });
    assert.equal(await holder.me(), 403);
    const patch = { token: { scopes: [] }, update_mask: "scopes" };
    assert.deepEqual((await admin.call(`PATCH /api/2.0/token/${narrow.token_info.token_id}`, patch)).json, {});
    assert.equal(await holder.me(), 200);
  });

  it("knows no PATCH of either API where PATCH is not supported", async () => {
    const { tokenId } = workspace.mint(workspace.admin);
    const patch = { token: { comment: "new" }, update_mask: "comment" };
    for (const path of [`/api/2.0/token/${tokenId}`, `/api/2.0/token-management/tokens/${tokenId}`]) {
      workspace.settings.patchSupported = false;
      const refused = await admin.call(`PATCH ${path}`, patch);
      assert.deepEqual([refused.status, refused.json.error_code], [404, "ENDPOINT_NOT_FOUND"]);
      workspace.settings.patchSupported = true;
      assert.equal((await admin.call(`PATCH ${path}`, patch)).status, 200);
    }
  });

  it("shows autoscope's state by the API's name, and the scopes of what the token was used for", async () => {
    const { json } = await admin.create({ autoscope_enabled: true });
    assert.equal(json.token_info.autoscope_state, "AUTOSCOPE_STATE_RUNNING");
    await new Caller(workspace, { value: json.token_value }).call("GET /api/2.0/clusters/list");
    const [info] = (await admin.call("GET /api/2.0/token/list")).json.token_infos;
    assert.deepEqual(info.inferred_scopes, ["clusters"]);
    assert.equal((await admin.create()).json.token_info.autoscope_state, undefined);
  });

  it("never closes an idle connection, and stops at once although there are some", async () => {
    const agent = new Agent({ keepAlive: true });
    const [response] = await once(get(`${workspace.host}/login.html`, { agent }), "response");
    response.resume();
    await once(response, "end");
    // Node announces how long it keeps a connection; only one without limit is not announced.
    assert.deepEqual([response.headers.connection, response.headers["keep-alive"]], ["keep-alive", undefined]);
    workspace.faults.add({ kind: "hang" });
    workspace.faults.add({ kind: "slow", delayMs: 60_000 });
    const open = [admin.me(), admin.me()].map((call) => call.catch(() => "cut"));
    while (workspace.calls.length < 3) await new Promise((done) => setTimeout(done, 5));
    const start = performance.now();
    await workspace.stop();
    assert.deepEqual(await Promise.all(open), ["cut", "cut"]);
    assert.ok(performance.now() - start < 500);
    agent.destroy();
  });

  it("shows administrators the tokens of all, and lets them change and revoke those", async () => {
    const theirs = (await user("a").create({ comment: "theirs" })).json.token_info;
    const mine = (await admin.create({ comment: "mine" })).json.token_info;
    const base = "/api/2.0/token-management/tokens";
    const listed = async (query = ""): Promise<string[]> =>
      ((await admin.call(`GET ${base}${query}`)).json.token_infos ?? []).map(
        (info: { comment: string }) => info.comment,
      );
    assert.deepEqual(await listed(), ["theirs", "mine"]);
    assert.deepEqual(await listed("?created_by_username=a@example.com"), ["theirs"]);
    assert.deepEqual(await listed(`?created_by_id=${workspace.admin.id}`), ["mine"]);
    const { token_info: info } = (await admin.call(`GET ${base}/${theirs.token_id}`)).json;
    assert.deepEqual([info.created_by_username, info.owner_id, info.comment], ["a@example.com", 1001, "theirs"]);
    assert.deepEqual((await admin.call(`DELETE ${base}/${theirs.token_id}`)).json, {});
    assert.equal((await admin.call(`DELETE ${base}/${theirs.token_id}`)).status, 404);
    assert.equal((await admin.call(`GET ${base}/${theirs.token_id}`)).status, 404);
    assert.deepEqual(await listed(), ["mine"]);
    for (const call of [`GET ${base}`, `GET ${base}/${mine.token_id}`, `DELETE ${base}/${mine.token_id}`])
      assert.equal((await user(call).call(call)).status, 403);
    assert.equal((await user("b").delete(mine.token_id)).json.error_code, "RESOURCE_DOES_NOT_EXIST");
    assert.equal(workspace.tokens().length, 1);
  });

  it("lets nobody in by a token while tokens are disabled, and knows a quota for each user", async () => {
    const { value } = workspace.mint(workspace.admin);
    workspace.settings.tokensDisabled = true;
    assert.match((await admin.create()).text, /does not have permission to use tokens/);
    assert.equal(await new Caller(workspace, { value }).me(), 403);
    const conf = "/api/2.0/workspace-conf";
    assert.deepEqual((await admin.call(`GET ${conf}?keys=enableTokensConfig`)).json, { enableTokensConfig: "false" });
    await admin.call(`PATCH ${conf}`, { enableTokensConfig: "true" });
    assert.equal(await new Caller(workspace, { value }).me(), 200);
    workspace.settings.quota = 1;
    assert.equal((await admin.create()).json.error_code, "QUOTA_EXCEEDED");
    assert.equal((await user("a").create()).status, 200);
  });

  it("goes by its own clock, which is set and put forward without waiting", async () => {
    workspace.setClock(Date.UTC(2030, 0, 1));
    const { json, headers } = await admin.create({ lifetime_seconds: 3600 });
    assert.equal(headers.get("date"), "Tue, 01 Jan 2030 00:00:00 GMT");
    assert.equal(json.token_info.expiry_time, Date.UTC(2030, 0, 1, 1));
    const holder = new Caller(workspace, { value: json.token_value });
    workspace.advance(HOUR - 1);
    assert.equal(await holder.me(), 200);
    workspace.advance(1);
    assert.equal(await holder.me(), 403);
    assert.equal((await admin.delete(json.token_info.token_id)).status, 404);
    assert.equal((await admin.list()).length, 1, "an expired token may still be listed");
    workspace.settings.listsExpired = false;
    assert.equal((await admin.list()).length, 0);
  });

  it("runs alone, prints what to export, and ends on the first of many signals", async function () {
    this.timeout(30_000);
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      const args = ["--require", "ts-node/register/transpile-only", "scripts/workspace.ts"];
      const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
      let text = "";
      for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
        text += chunk;
        if (text.includes("stops it")) break;
      }
      const host = /^export {2}DATABRICKS_HOST=(\S+)$/m.exec(text)?.[1];
      const token = /^export DATABRICKS_TOKEN=(\S+)$/m.exec(text)?.[1];
      const answer = await fetch(`${host}/api/2.0/token/list`, { headers: { authorization: `Bearer ${token}` } });
      assert.equal(answer.status, 200);
      const closed = once(child, "close");
      const again = setInterval(() => child.kill(signal), 1);
      assert.deepEqual(await closed, [0, null]);
      clearInterval(again);
    }
  });
});
