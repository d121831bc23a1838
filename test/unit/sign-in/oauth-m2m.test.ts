import assert from "node:assert/strict";
import { type Identity, LocalWorkspace } from "../../workspace";
import { configured, failure, type Given, whoAmI } from "./signing-in";

const TOKEN = "POST /oidc/v1/token";

describe("sign-in by oauth-m2m", () => {
  let workspace: LocalWorkspace;
  let principal: Identity;

  beforeEach(async () => {
    workspace = await LocalWorkspace.start();
    principal = workspace.addUser("robot", { servicePrincipal: true });
  });
  afterEach(() => workspace.stop());

  const given = (secret = principal.clientSecret ?? ""): Given => ({
    env: { DATABRICKS_CLIENT_ID: principal.clientId ?? "", DATABRICKS_CLIENT_SECRET: secret },
  });

  it("discovers the endpoint, and fetches one token for many calls and many credentials of the identity", async () => {
    const credential = configured(workspace.host, given());
    assert.equal(credential.strategy, "oauth-m2m");
    assert.equal(credential.source, "the environment (DATABRICKS_CLIENT_ID, DATABRICKS_CLIENT_SECRET)");
    const names = await Promise.all([1, 2, 3].map(() => whoAmI(workspace, configured(workspace.host, given()))));
    assert.deepEqual([...names, await whoAmI(workspace, credential)], ["robot", "robot", "robot", "robot"]);
    assert.equal(workspace.countCalls(TOKEN), 1);
    assert.match(workspace.calls.at(-1)?.userAgent ?? "", /auth\/oauth-m2m$/);
  });

  it("fetches anew before 60 s are left, and once after a refusal", async () => {
    workspace.oauth.lifetimeSeconds = 50;
    const credential = configured(workspace.host, given());
    await whoAmI(workspace, credential);
    workspace.oauth.lifetimeSeconds = 3600;
    await whoAmI(workspace, credential);
    await whoAmI(workspace, credential);
    assert.equal(workspace.countCalls(TOKEN), 2);
    workspace.oauth.revokeAll();
    assert.equal(await whoAmI(workspace, credential), "robot");
    assert.equal(workspace.countCalls(TOKEN), 3);
  });

  it("a wrong secret: which strategy, from where, what the server said, never the secret", async () => {
    const secret = "not-the-right-secret";
    const error = await failure(whoAmI(workspace, configured(workspace.host, given(secret))), secret);
    assert.equal(error.code, "CREDENTIAL_REFUSED");
    assert.match(error.message, /oauth-m2m \(the environment \(DATABRICKS_CLIENT_ID.*401 \(invalid_client/);
  });

  it("names a clock that is off", async () => {
    workspace.advance(-600_000);
    const error = await failure(whoAmI(workspace, configured(workspace.host, given("wrong"))));
    assert.match(error.message, /clock is (9\.9|10|10\.1) min ahead of the server's/);
  });

  it("gives the secret to no other host: neither by discovery nor by a redirect", async () => {
    const other = await LocalWorkspace.start();
    try {
      const discovery = { kind: "status", path: "/oidc/.well-known/oauth-authorization-server", status: 200 } as const;
      workspace.faults.add({ ...discovery, body: { token_endpoint: `${other.host}/oidc/v1/token` } });
      const error = await failure(whoAmI(workspace, configured(workspace.host, given())));
      assert.deepEqual([error.code, error.message.includes(other.host)], ["WRONG_HOST", true]);
      for (const path of ["/oidc/.well-known/oauth-authorization-server", "/oidc/v1/token"]) {
        const location = `${other.host}${path}`;
        workspace.faults.add({ kind: "status", path, status: 307, headers: { location } });
        assert.equal((await failure(whoAmI(workspace, configured(workspace.host, given())))).code, "WRONG_HOST");
      }
      assert.deepEqual(other.calls, []);
    } finally {
      await other.stop();
    }
  });

  it("asks again after a passing failure, and names what can't be reached", async () => {
    workspace.faults.add({ kind: "server-error", path: "/oidc/v1/token" });
    workspace.faults.add({ kind: "reset", path: "/oidc/v1/token" });
    assert.equal(await whoAmI(workspace, configured(workspace.host, given())), "robot");
    const nobody = "http://127.0.0.1:1";
    const error = await failure(configured(nobody, given()).headers(Date.now() + 10_000));
    assert.equal(error.code, "UNREACHABLE");
    assert.match(error.message, /oauth-m2m.*127\.0\.0\.1:1 refused the connection/);
  });

  it("is bounded by the operation's deadline", async () => {
    workspace.faults.add({ kind: "hang", path: "/oidc/v1/token", times: 9 });
    const error = await failure(configured(workspace.host, given()).headers(Date.now() + 100));
    assert.equal(error.code, "TIMEOUT");
  });

  it("an id in the config goes with a secret in the environment; another id does not", async () => {
    const { DATABRICKS_CLIENT_SECRET: secret = "" } = given().env ?? {};
    const env = { DATABRICKS_CLIENT_SECRET: secret };
    const config = { "databricks:clientId": principal.clientId ?? "", "databricks:host": workspace.host };
    assert.equal(await whoAmI(workspace, configured(workspace.host, { config, env })), "robot");
    assert.throws(
      () => configured(workspace.host, given(), { clientId: "another" }),
      /DATABRICKS_CLIENT_ID is another one than workspace\.clientId/,
    );
  });
});
