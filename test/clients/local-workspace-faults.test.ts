import assert from "node:assert/strict";
import { type Fault, LocalWorkspace } from "../workspace";
import { broken, Caller, type Seen } from "./caller";

const CREATE = { method: "POST", path: "/api/2.0/token/create" } as const;
const LIST = { method: "GET", path: "/api/2.0/token/list" } as const;
const DELETE = { method: "POST", path: "/api/2.0/token/delete" } as const;

describe("faults of the local workspace", () => {
  let workspace: LocalWorkspace;
  let admin: Caller;

  beforeEach(async () => {
    workspace = await LocalWorkspace.start();
    admin = new Caller(workspace);
  });
  afterEach(() => workspace.stop());

  for (const when of ["before", "after"] as const) {
    const minted = when === "after" ? 1 : 0;

    for (const [kind, outcome] of [
      ["close", "UND_ERR_SOCKET"],
      ["reset", "ECONNRESET"],
      ["half-answer", "UND_ERR_SOCKET"],
    ] as const) {
      it(`${kind}, ${when} the effect`, async () => {
        workspace.faults.add({ ...CREATE, kind, when });
        assert.equal(await broken(admin.create()), outcome);
        assert.equal(workspace.tokens().length, minted);
        assert.deepEqual([workspace.calls[0]?.status, workspace.calls[0]?.fault], [0, kind]);
        assert.equal((await admin.create()).status, 200);
      });
    }

    it(`hang, ${when} the effect, until the client gives up`, async () => {
      workspace.faults.add({ ...CREATE, kind: "hang", when });
      const call = admin.call("POST /api/2.0/token/create", {}, AbortSignal.timeout(100));
      assert.equal(await broken(call), "TimeoutError");
      assert.equal(workspace.tokens().length, minted);
    });

    it(`slow, ${when} the effect`, async () => {
      workspace.faults.add({ ...CREATE, kind: "slow", when, delayMs: 200 });
      const start = performance.now();
      const answer = admin.create();
      while (workspace.calls.length === 0) await new Promise((done) => setTimeout(done, 5));
      await new Promise((done) => setTimeout(done, 30));
      assert.equal(workspace.tokens().length, minted);
      assert.equal((await answer).status, 200);
      assert.ok(performance.now() - start >= 195);
      assert.equal(workspace.tokens().length, 1);
    });

    const answers: Array<[Partial<Fault> & Pick<Fault, "kind">, (seen: Seen) => unknown, unknown]> = [
      [{ kind: "status", status: 504 }, ({ status, text }) => [status, text], [504, ""]],
      [
        { kind: "status", status: 418, body: { a: 1 }, headers: { "x-a": "b" } },
        ({ json, headers }) => [json, headers.get("x-a")],
        [{ a: 1 }, "b"],
      ],
      [{ kind: "server-error" }, ({ status, json }) => [status, json.error_code], [503, "TEMPORARILY_UNAVAILABLE"]],
      [{ kind: "server-error", status: 500 }, ({ status }) => status, 500],
      [{ kind: "html-error" }, ({ status, text }) => [status, text.includes("<title>")], [502, true]],
      [{ kind: "not-json" }, ({ status, json }) => [status, json], [200, undefined]],
      [
        { kind: "html-login" },
        ({ status, headers, text }) => [status, headers.get("content-type"), /Sign In/.test(text)],
        [200, "text/html", true],
      ],
      [
        { kind: "redirect-login" },
        ({ status, headers }) => [status, headers.get("location")],
        [302, "/login.html?next_url=%2Fapi"],
      ],
      [{ kind: "private-link" }, ({ headers }) => /private-link/.test(headers.get("location") ?? ""), true],
      [{ kind: "empty-object" }, ({ status, json }) => [status, json], [200, {}]],
      [{ kind: "empty-list" }, ({ json }) => json, { token_infos: [] }],
      [{ kind: "throttle", retryAfter: 7 }, ({ status, headers }) => [status, headers.get("retry-after")], [429, "7"]],
      [
        { kind: "throttle", retryAfter: 90, retryAfterDate: true },
        ({ headers }) => headers.get("retry-after"),
        "Tue, 01 Jan 2030 00:01:30 GMT",
      ],
      [{ kind: "unauthorized" }, ({ status, json }) => [status, json.error_code], [401, 401]],
      [{ kind: "numeric-403" }, ({ status, json }) => [status, json.error_code], [403, 403]],
      [{ kind: "permission-denied" }, ({ status, json }) => [status, json.error_code], [403, "PERMISSION_DENIED"]],
      [{ kind: "no-such-call" }, ({ status, json }) => [status, json.error_code], [404, "ENDPOINT_NOT_FOUND"]],
    ];
    for (const [fault, seen, expected] of answers) {
      it(`${JSON.stringify(fault)}, ${when} the effect`, async () => {
        workspace.setClock(Date.UTC(2030, 0, 1));
        const standing = workspace.faults.add({ ...CREATE, ...fault, when });
        assert.deepEqual(seen(await admin.create()), expected);
        assert.deepEqual([standing.hits, workspace.tokens().length], [1, minted]);
      });
    }
  }

  it("hits once, so many times, for ever, or after some calls", async () => {
    const statuses = async (fault: Partial<Fault>): Promise<number[]> => {
      workspace.faults.clear();
      workspace.faults.add({ ...LIST, kind: "server-error", ...fault });
      const seen: number[] = [];
      for (let i = 0; i < 4; i++) seen.push((await admin.call("GET /api/2.0/token/list")).status);
      return seen;
    };
    assert.deepEqual(await statuses({}), [503, 200, 200, 200]);
    assert.deepEqual(await statuses({ times: 2 }), [503, 503, 200, 200]);
    assert.deepEqual(await statuses({ times: Number.POSITIVE_INFINITY }), [503, 503, 503, 503]);
    assert.deepEqual(await statuses({ times: 2, skip: 1 }), [200, 503, 503, 200]);
    assert.deepEqual(await statuses({ path: /token\/create/ }), [200, 200, 200, 200]);
    assert.deepEqual(await statuses({ path: /token\/l/g, times: 2 }), [503, 503, 200, 200]);
  });

  it("hits one identity, one token that signs in, or one token that the call is about", async () => {
    const other = new Caller(workspace, workspace.addUser("other@example.com"));
    const [a, b] = [workspace.mint(workspace.admin), workspace.mint(workspace.admin)];
    const holder = new Caller(workspace, a);
    const times = Number.POSITIVE_INFINITY;
    workspace.faults.add({ kind: "server-error", times, identity: "other@example.com" });
    assert.deepEqual([await other.me(), await admin.me(), await holder.me()], [503, 200, 200]);
    workspace.faults.clear();
    workspace.faults.add({ kind: "server-error", times, signedInWith: a.tokenId });
    assert.deepEqual([await admin.me(), await new Caller(workspace, b).me(), await holder.me()], [200, 200, 503]);
    workspace.revoke(a.tokenId);
    assert.equal(await holder.me(), 503, "dead or alive");
    workspace.faults.clear();
    const { tokenId } = workspace.mint(workspace.admin);
    workspace.faults.add({ kind: "not-found", times, about: b.tokenId });
    assert.deepEqual([(await admin.delete(b.tokenId)).status, (await admin.delete(tokenId)).status], [404, 200]);
    assert.equal((await admin.call(`DELETE /api/2.0/token-management/tokens/${b.tokenId}`)).status, 404);
    assert.equal(workspace.isAlive(b.value), true);
  });

  it("a delete that says 404, or 200, and the token lives on", async () => {
    const { tokenId, value } = workspace.mint(workspace.admin);
    for (const [kind, status] of [
      ["not-found", 404],
      ["no-effect", 200],
    ] as const) {
      workspace.faults.add({ ...DELETE, kind });
      assert.equal((await admin.delete(tokenId)).status, status);
      assert.equal(workspace.signsIn(value), true);
    }
    assert.equal((await admin.delete(tokenId)).status, 200);
    assert.equal(workspace.signsIn(value), false);
  });

  it("a PATCH that is refused, or unknown to the workspace", async () => {
    const { tokenId } = workspace.mint(workspace.admin, { comment: "old" });
    const patch = async (): Promise<number> => {
      const body = { token: { comment: "new" }, update_mask: "comment" };
      return (await admin.call(`PATCH /api/2.0/token/${tokenId}`, body)).status;
    };
    workspace.faults.add({ method: "PATCH", kind: "permission-denied" });
    workspace.faults.add({ method: "PATCH", kind: "no-such-call" });
    workspace.faults.add({ method: "PATCH", kind: "as-if", settings: { patchSupported: false } });
    assert.deepEqual([await patch(), await patch(), await patch()], [403, 404, 404]);
    assert.equal(workspace.tokens()[0]?.comment, "old");
    assert.equal(await patch(), 200);
  });

  it("a list that lags shows new tokens later, and revoked ones still", async () => {
    const { tokenId } = workspace.mint(workspace.admin);
    workspace.advance(60_000);
    workspace.settings.listLagMs = 30_000;
    const second = workspace.mint(workspace.admin).tokenId;
    await admin.delete(tokenId);
    assert.deepEqual(await admin.list(), [tokenId]);
    workspace.advance(30_001);
    assert.deepEqual(await admin.list(), [second]);
    workspace.settings.listLagMs = 0;
    const third = workspace.mint(workspace.admin).tokenId;
    workspace.faults.add({ ...LIST, kind: "as-if", settings: { listLagMs: 10_000 } });
    assert.deepEqual(await admin.list(), [second]);
    assert.deepEqual(await admin.list(), [second, third]);
  });

  it("a list that lags shows changed tokens as they were", async () => {
    const { tokenId } = workspace.mint(workspace.admin, { comment: "1" });
    const listed = async (listLagMs: number): Promise<unknown> => {
      workspace.settings.listLagMs = listLagMs;
      const [info] = (await admin.call("GET /api/2.0/token/list")).json.token_infos;
      return [info.comment, info.scopes];
    };
    workspace.advance(60_000);
    workspace.editToken(tokenId, { comment: "2" });
    workspace.advance(60_000);
    const patch = { token: { comment: "3", scopes: ["jobs"] }, update_mask: "comment,scopes" };
    await admin.call(`PATCH /api/2.0/token/${tokenId}`, patch);
    assert.deepEqual(await listed(90_000), ["1", undefined]);
    assert.deepEqual(await listed(30_000), ["2", undefined]);
    assert.deepEqual(await listed(0), ["3", ["jobs"]]);
  });

  it("tokens that work late and die late, for one call or all", async () => {
    workspace.faults.add({ ...CREATE, kind: "as-if", settings: { tokensWorkAfterMs: 5_000 } });
    const [late, soon] = [(await admin.create()).json, (await admin.create()).json];
    const [first, second] = [late, soon].map(({ token_value: value }) => new Caller(workspace, { value }));
    assert.deepEqual([await first?.me(), await second?.me()], [403, 200]);
    workspace.advance(5_000);
    assert.equal(await first?.me(), 200);
    workspace.settings.tokensDieAfterMs = 5_000;
    await admin.delete(late.token_info.token_id);
    workspace.settings.tokensDieAfterMs = 0;
    await admin.delete(soon.token_info.token_id);
    assert.deepEqual([workspace.isAlive(late.token_value), workspace.signsIn(late.token_value)], [false, true]);
    assert.deepEqual([await first?.me(), await second?.me()], [200, 403]);
    workspace.advance(5_000);
    assert.equal(await first?.me(), 403);
  });

  it("scopes and expiry other than asked for, a quota, tokens disabled: for one call", async () => {
    const one = async (settings: NonNullable<Fault["settings"]>): Promise<Seen> => {
      workspace.faults.add({ ...CREATE, kind: "as-if", settings });
      return admin.create({ scopes: ["jobs"], lifetime_seconds: 60 });
    };
    assert.equal((await one({ grantScopes: () => undefined })).json.token_info.scopes, undefined);
    const info = (await one({ grantLifetime: () => 120 })).json.token_info;
    assert.equal(info.expiry_time - info.creation_time, 120_000);
    assert.equal((await one({ grantLifetime: () => Number.POSITIVE_INFINITY })).json.token_info.expiry_time, -1);
    assert.equal((await one({ quota: 0 })).json.error_code, "QUOTA_EXCEEDED");
    assert.equal((await one({ tokensDisabled: true })).status, 403);
    assert.equal((await one({})).status, 200);
  });

  it("an answer lost, and the token that it made works late", async () => {
    workspace.faults.add({ ...CREATE, kind: "reset", when: "after", settings: { tokensWorkAfterMs: 5_000 } });
    assert.equal(await broken(admin.create()), "ECONNRESET");
    assert.equal(workspace.signsIn(workspace.tokens()[0]?.value ?? ""), false);
  });
});
