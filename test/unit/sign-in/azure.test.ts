import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadIdentity } from "../../../provider/sign-in/azure/identity";
import { type Identity, LocalWorkspace } from "../../workspace";
import { LocalAzure } from "../../workspace/azure";
import type { App } from "../../workspace/entra";
import { fakeCommand } from "../../workspace/fake-command";
import { type Outcome, signInAs } from "./run-child";
import { configured } from "./signing-in";

const RESOURCE_ID =
  "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Databricks/workspaces/w";

/** Each runs the real `@azure/identity` in a process of its own. */
describe("sign-in by Entra ID", function () {
  this.timeout(60_000);
  let azure: LocalAzure;
  let workspace: LocalWorkspace;
  let robot: Identity;
  let app: App;
  let folder: string;

  before(async () => {
    azure = await LocalAzure.start();
  });
  after(() => azure?.stop());
  beforeEach(async () => {
    workspace = await LocalWorkspace.start();
    workspace.entra = { azure, resourceId: RESOURCE_ID };
    azure.arm.add(RESOURCE_ID, workspace.host);
    robot = workspace.addUser("robot", { servicePrincipal: true });
    app = azure.entra.addApp(robot.clientId);
    folder = mkdtempSync(join(tmpdir(), "pdt-azure-"));
    azure.calls.length = 0;
  });
  afterEach(async () => {
    azure.fault = () => undefined;
    rmSync(folder, { recursive: true });
    await workspace.stop();
  });

  const secret = (): Record<string, string> => ({
    ...azure.env,
    ARM_CLIENT_ID: app.clientId,
    ARM_CLIENT_SECRET: app.secret,
    DATABRICKS_AZURE_RESOURCE_ID: RESOURCE_ID,
  });
  const run = (env: Record<string, string>, given: object = {}): Promise<Outcome> =>
    signInAs({ host: workspace.host, ...given }, env);
  const tokenCalls = (): number => azure.calls.filter((call) => call.endsWith("/token")).length;

  it("azure-client-secret: once for many calls, with the tenant that the workspace names", async () => {
    const { ARM_TENANT_ID: _, ...env } = secret();
    const outcome = await run(env, { times: 3 });
    assert.deepEqual([outcome.userName, outcome.strategy], ["robot", "azure-client-secret"], JSON.stringify(outcome));
    assert.equal(tokenCalls(), 2, "one for Databricks, one for Azure's management");
  });

  it("admits a service principal that is no member yet by the two headers, which go with a resource id alone", async () => {
    robot.member = false;
    assert.equal((await run(secret())).userName, "robot");
    assert.equal(robot.member, true);
  });

  it("beyond Azure's domains gives nothing to a host that is not the id's by Azure's own word", async () => {
    const other = await LocalWorkspace.start();
    const [theirs, nobodys] = [`${RESOURCE_ID}-theirs`, `${RESOURCE_ID}-nobodys`];
    azure.arm.add(theirs, other.host);
    const api = (): unknown[] => [workspace, other].flatMap(({ calls }) => calls.filter((c) => c.path !== "/aad/auth"));
    try {
      const { DATABRICKS_AZURE_RESOURCE_ID: _, ...env } = secret();
      for (const [id, code, said] of [
        [theirs, "CREDENTIAL_REFUSED", other.host],
        [nobodys, "NOT_SUPPORTED", "Azure has no such workspace"],
      ] as const) {
        const sources = [
          await run({ ...env, DATABRICKS_AZURE_RESOURCE_ID: id }),
          await run({ ...env, DATABRICKS_AZURE_RESOURCE_ID: id, DATABRICKS_HOST: workspace.host }),
          await run(env, { workspace: { azureWorkspaceResourceId: id } }),
          await run(env, { workspace: { azureWorkspaceResourceId: id, host: workspace.host } }),
        ];
        for (const outcome of sources) {
          assert.deepEqual([outcome.code, outcome.message?.includes(said)], [code, true], JSON.stringify(outcome));
        }
      }
      assert.deepEqual(api(), []);
    } finally {
      await other.stop();
    }
  });

  it("a source that names its workspace by an id alone gives no credential of any kind to another host", async () => {
    const other = await LocalWorkspace.start();
    try {
      // The tenant's secret stands in another source, so that the environment holds one kind.
      const { ARM_CLIENT_ID: azureClientId = "", ARM_CLIENT_SECRET: azureClientSecret = "", ...env } = secret();
      const config = { "databricks:azureClientId": azureClientId, "databricks:azureClientSecret": azureClientSecret };
      const m2m = { DATABRICKS_CLIENT_ID: robot.clientId ?? "", DATABRICKS_CLIENT_SECRET: robot.clientSecret ?? "" };
      for (const own of [{ DATABRICKS_TOKEN: workspace.admin.token }, m2m]) {
        const given = { config: { ...config, "databricks:host": "https://elsewhere.example.com" } };
        const astray = await run({ ...env, ...own }, { ...given, host: other.host });
        assert.equal(astray.code, "CREDENTIAL_REFUSED", JSON.stringify(astray));
        assert.equal((await run({ ...env, ...own }, given)).code, undefined);
      }
      assert.deepEqual(other.calls, []);
    } finally {
      await other.stop();
    }
  });

  it("fetches anew once after a refusal, past the package's own cache", async () => {
    const path = "/api/2.0/preview/scim/v2/Me";
    workspace.faults.add({ kind: "numeric-403", path });
    assert.equal((await run(secret())).userName, "robot");
    assert.equal(tokenCalls(), 4);
  });

  it("a wrong secret: which strategy, from where, what Entra said, never the secret", async () => {
    const outcome = await run({ ...secret(), ARM_CLIENT_SECRET: "not-this-one" });
    assert.equal(outcome.code, "CREDENTIAL_REFUSED");
    const said =
      /azure-client-secret \(the environment \(ARM_CLIENT_ID, ARM_CLIENT_SECRET\)\).*answered 401.*AADSTS7000215/s;
    assert.match(outcome.message ?? "", said);
    assert.ok(!outcome.message?.includes("not-this-one"));
  });

  it("names a clock that is off", async () => {
    const date = new Date(Date.now() + 600_000).toUTCString();
    const body = { error: "invalid_client", error_description: "AADSTS700024: not within its valid time range" };
    azure.fault = (call) => (call.endsWith("/token") ? { status: 401, body, headers: { date } } : undefined);
    assert.match((await run(secret())).message ?? "", /AADSTS700024.*clock is (9\.9|10|10\.1) min behind/);
  });

  it("follows no redirect", async () => {
    const other = await LocalAzure.start();
    try {
      const location = `${other.origin}/${azure.entra.tenant}/oauth2/v2.0/token`;
      azure.fault = (call) => (call.endsWith("/token") ? { status: 307, body: "", headers: { location } } : undefined);
      const outcome = await run(secret());
      assert.deepEqual([outcome.code, other.calls], ["WRONG_HOST", []], JSON.stringify(outcome));
    } finally {
      await other.stop();
    }
  });

  it("an authority that can't be reached, that hangs, or that nobody vouches for, is named", async () => {
    const nobody = await run({ ...secret(), AZURE_AUTHORITY_HOST: "https://localhost:1" });
    assert.equal(nobody.code, "UNREACHABLE", JSON.stringify(nobody));
    assert.match(nobody.message ?? "", /https:\/\/localhost:1 refused the connection/);
    azure.fault = () => "hang";
    const hangs = await run(secret(), { deadlineMs: 1_500 });
    assert.equal(hangs.code, "TIMEOUT", JSON.stringify(hangs));
    assert.match(hangs.message ?? "", /azure-client-secret/);
    azure.fault = () => undefined;
    const { NODE_EXTRA_CA_CERTS: _, ...env } = secret();
    const stranger = await run(env);
    assert.equal(stranger.code, "TLS", JSON.stringify(stranger));
  });

  it("azure-msi: the machine's identity, where ARM_USE_MSI is true", async () => {
    azure.platforms.managedIdentity = app.clientId;
    const env = { ...azure.env, ...azure.managedIdentityEnv, DATABRICKS_AZURE_RESOURCE_ID: RESOURCE_ID };
    const outcome = await run({ ...env, ARM_USE_MSI: "true" });
    assert.deepEqual([outcome.userName, outcome.strategy], ["robot", "azure-msi"], JSON.stringify(outcome));
    const off = await run({ ...env, ARM_USE_MSI: "false" });
    assert.match(off.message ?? "", /ARM_USE_MSI is not true \(azure-msi\).*NO_CREDENTIALS/s);
  });

  it("azure-workload-identity: a pod's token file", async () => {
    app.subjects.push("system:serviceaccount:ci:deploy");
    const aud = "api://AzureADTokenExchange";
    const assertion = azure.entra.assertions.issue({ sub: "system:serviceaccount:ci:deploy", aud }, Date.now());
    writeFileSync(join(folder, "token"), assertion);
    const { ARM_TENANT_ID: tenant = "", ...rest } = azure.env;
    const pod = {
      AZURE_CLIENT_ID: app.clientId,
      AZURE_TENANT_ID: tenant,
      AZURE_FEDERATED_TOKEN_FILE: join(folder, "token"),
    };
    const outcome = await run({ ...rest, ...pod }, { workspace: { azureWorkspaceResourceId: RESOURCE_ID } });
    assert.deepEqual(
      [outcome.userName, outcome.strategy],
      ["robot", "azure-workload-identity"],
      JSON.stringify(outcome),
    );
  });

  it("azure-pipelines: a service connection", async () => {
    app.subjects.push(azure.platforms.subject);
    const job = {
      SYSTEM_OIDCREQUESTURI: `${azure.origin}/oidc-request`,
      SYSTEM_ACCESSTOKEN: azure.platforms.key,
      AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: "00000000-0000-0000-0000-000000000009",
      AZURESUBSCRIPTION_CLIENT_ID: app.clientId,
      AZURESUBSCRIPTION_TENANT_ID: azure.entra.tenant,
    };
    const outcome = await run({ ...azure.env, ...job, DATABRICKS_AZURE_RESOURCE_ID: RESOURCE_ID });
    assert.deepEqual([outcome.userName, outcome.strategy], ["robot", "azure-pipelines"], JSON.stringify(outcome));
  });

  describe("azure-cli, with a stand-in for az", () => {
    const env = (): Record<string, string> => ({ ...azure.env, PATH: `${folder}:${process.env.PATH}` });
    const given = { workspace: { azureWorkspaceResourceId: RESOURCE_ID } };
    const signedIn = (upn?: string): void => {
      const print = (audience: string): string => {
        const accessToken = azure.entra.issue(app.clientId, audience, upn);
        const expires = Math.floor(Date.now() / 1000) + 3600;
        return `echo '${JSON.stringify({ accessToken, expires_on: expires, tokenType: "Bearer" })}'`;
      };
      const databricks = print("2ff814a6-3304-4ab8-85cb-cd0e6f879c1d");
      const script = `case "$*" in *core.windows.net*) ${print("https://management.core.windows.net/")};; *) ${databricks};; esac`;
      fakeCommand(folder, "az", script, 0);
    };

    it("a service principal, with the headers", async () => {
      signedIn();
      robot.member = false;
      const outcome = await run(env(), given);
      assert.deepEqual([outcome.userName, outcome.strategy], ["robot", "azure-cli"], JSON.stringify(outcome));
    });
    it("a person, without the management token", async () => {
      const person = workspace.addUser("ada@example.com");
      signedIn(person.userName);
      assert.equal((await run(env(), given)).userName, person.userName);
    });
    describe("for the workspace's tenant, and for no other", () => {
      const TENANT = "11111111-1111-1111-1111-111111111111";
      const OTHER = "22222222-2222-2222-2222-222222222222";
      const MFA = "AADSTS50076: you must use multi-factor authentication to access";
      const NO_TENANT = "ERROR: Tenant shouldn't be specified for managed identity account";
      /** az refuses with `said` where a tenant is asked for, and else gives a token of `tenant`. */
      const az = (said: string, tenant?: string): void => {
        const payload = Buffer.from(JSON.stringify({ appid: app.clientId, ...(tenant && { tid: tenant }) }));
        const accessToken = `e30.${payload.toString("base64url")}.sig`;
        const expires = Math.floor(Date.now() / 1000) + 3600;
        const printed = JSON.stringify({ accessToken, expires_on: expires, tokenType: "Bearer" });
        fakeCommand(
          folder,
          "az",
          `echo "$*" >> "${folder}/asked"; case "$*" in *--tenant*) echo "${said}" >&2; exit 1;; *) echo '${printed}';; esac`,
          0,
        );
      };
      const asked = (): string[] => readFileSync(join(folder, "asked"), "utf8").trim().split("\n");
      const failed = async (more: Record<string, string> = {}): Promise<string> =>
        (await run({ ...env(), ARM_TENANT_ID: TENANT, ...more }, given)).message ?? "it signed in";

      it("a refusal is the end, and is shown: nobody asks again without the tenant", async () => {
        az(MFA, OTHER);
        assert.match(await failed(), /azure-cli.*AADSTS50076/s);
        assert.ok(asked().every((line) => line.includes(`--tenant ${TENANT}`)));
      });

      it("where the workspace names no tenant, and nobody else does: az is not asked", async () => {
        az(MFA, OTHER);
        rmSync(join(folder, "asked"), { force: true });
        workspace.entra = undefined;
        const { message } = await run({ ...env(), ARM_TENANT_ID: "" }, given);
        assert.match(message ?? "", /azure-cli.*needs a tenant.*set azureTenantId or ARM_TENANT_ID/s);
        assert.ok(!existsSync(join(folder, "asked")));
      });

      for (const said of [NO_TENANT, "ERROR: Tenant shouldn't be specified for Cloud Shell account"]) {
        it(`${said.slice(7)}: asks without it, and sends no token of another tenant, or of none`, async () => {
          for (const tenant of [OTHER, undefined]) {
            const calls = workspace.calls.length;
            az(said, tenant);
            assert.match(
              await failed(),
              new RegExp(`${said}.*${tenant ?? "does not name"}.*${TENANT}.*asked for`, "s"),
            );
            assert.equal(workspace.calls.length, calls, "nothing was sent");
          }
          az(said, TENANT.toUpperCase());
          // The stand-in's token is no real one, and whoever gets it says so.
          assert.match(await failed(), /answered 401/);
        });
      }
    });

    it("stands in where the Databricks CLI is there, but not signed in", async () => {
      signedIn();
      fakeCommand(folder, "databricks", "echo 'databricks OAuth is not configured for this host' >&2; exit 1");
      const outcome = await run(env(), given);
      assert.deepEqual([outcome.userName, outcome.strategy], ["robot", "azure-cli"], JSON.stringify(outcome));
      fakeCommand(folder, "az", "echo \"ERROR: Please run 'az login' to setup account.\" >&2; exit 1", 0);
      const nobody = await run(env(), given);
      assert.match(nobody.message ?? "", /databricks auth login.*azure-cli.*az login/s);
    });
  });

  it("gives Entra's tokens to Azure workspaces alone", () => {
    const env = { ARM_CLIENT_ID: "i", ARM_CLIENT_SECRET: "s", ARM_TENANT_ID: "t" };
    assert.throws(() => configured("https://dbc-1.cloud.databricks.com", { env }), /no Azure workspace by its name/);
    assert.equal(configured("https://adb-1.2.azuredatabricks.net", { env }).strategy, "azure-client-secret");
    assert.throws(
      () => configured("https://adb-1.2.azuredatabricks.net.example", { env }),
      /no Azure workspace by its name/,
    );
    const id = { ...env, DATABRICKS_AZURE_RESOURCE_ID: `${RESOURCE_ID}\r\nX: y` };
    assert.throws(() => configured("https://adb-1.2.azuredatabricks.net", { env: id }), /must be of the form.*INVALID/);
  });

  it("a missing package is named with the install command", () => {
    const missing = (name: string): never => {
      throw Object.assign(new Error(`Cannot find module '${name}'`), { code: "MODULE_NOT_FOUND" });
    };
    assert.throws(() => loadIdentity([missing]), /npm install @azure\/identity \[PACKAGE_NOT_FOUND\]/);
    assert.equal(typeof loadIdentity([missing, require]).ClientSecretCredential, "function");
  });
});
