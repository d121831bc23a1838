import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDatabricksHost } from "../../../provider/sign-in/domains";
import { type Identity, LocalWorkspace } from "../../workspace";
import { AzureDevOpsOidc } from "../../workspace/azure-devops";
import { GitHubOidc } from "../../workspace/github";
import { IdTokens } from "../../workspace/id-tokens";
import { configured, failure, whoAmI } from "./signing-in";

describe("sign-in by a workload's identity", () => {
  let workspace: LocalWorkspace;
  let principal: Identity;

  beforeEach(async () => {
    workspace = await LocalWorkspace.start();
    principal = workspace.addUser("robot", { servicePrincipal: true });
  });
  afterEach(() => workspace.stop());

  describe("azure-devops-oidc", () => {
    let devOps: AzureDevOpsOidc;
    beforeEach(async () => {
      devOps = await AzureDevOpsOidc.start();
      const { tokens: issuer, subject, audience } = devOps;
      workspace.oauth.trusted.push({ issuer, subject, audience, identity: principal });
    });
    afterEach(() => devOps.stop());
    const unnamed = (): Record<string, string> => ({ ...devOps.env, DATABRICKS_CLIENT_ID: principal.clientId ?? "" });
    const env = (): Record<string, string> => ({ ...unnamed(), DATABRICKS_HOST: workspace.host });

    it("asks the job's own address by POST, and exchanges what it gives", async () => {
      const credential = configured(workspace.host, { env: env() });
      assert.equal(credential.strategy, "azure-devops-oidc");
      assert.equal(await whoAmI(workspace, credential), "robot");
      const path = "/organization/project/_apis/distributedtask/hubs/build/plans/plan/jobs/job/oidctoken";
      assert.deepEqual(devOps.asked, [`POST ${path}?api-version=7.2-preview.1`]);
    });

    it("names what the job lacks, and what Azure Pipelines answers", async () => {
      const { SYSTEM_ACCESSTOKEN: _, ...without } = env();
      assert.throws(() => configured(workspace.host, { env: without }), /SYSTEM_ACCESSTOKEN.*NO_CREDENTIALS/s);
      const wrong = { ...env(), SYSTEM_ACCESSTOKEN: "another" };
      const error = await failure(whoAmI(workspace, configured(workspace.host, { env: wrong })));
      assert.match(error.message, /azure-devops-oidc.*answered 401.*TF400813/s);
    });

    it("sends the job's token over https, or on this machine, alone", async () => {
      const plain = { ...env(), SYSTEM_TEAMFOUNDATIONCOLLECTIONURI: "http://dev.example.com/organization/" };
      const error = await failure(whoAmI(workspace, configured(workspace.host, { env: plain })));
      assert.match(error.message, /no https address/);
    });

    it("a host that only a state names gets no token, for its audience is fixed", async () => {
      const error = await failure(whoAmI(workspace, configured(workspace.host, { env: unnamed() })));
      assert.equal(error.code, "HOST_NOT_NAMED");
    });
  });

  describe("github-oidc", () => {
    let github: GitHubOidc;
    beforeEach(async () => {
      github = await GitHubOidc.start();
      const { tokens: issuer, subject } = github;
      workspace.oauth.trusted.push({ issuer, subject, audience: "token endpoint", identity: principal });
      workspace.oauth.trusted.push({ issuer, subject, audience: "our-audience", identity: principal });
    });
    afterEach(() => github.stop());
    const unnamed = (): Record<string, string> => ({ ...github.env, DATABRICKS_CLIENT_ID: principal.clientId ?? "" });
    const env = (): Record<string, string> => ({ ...unnamed(), DATABRICKS_HOST: workspace.host });

    it("asks GitHub for a token for the workspace, and exchanges it", async () => {
      const credential = configured(workspace.host, { env: env() });
      assert.equal(credential.strategy, "github-oidc");
      assert.equal(await whoAmI(workspace, credential), "robot");
      assert.deepEqual(github.asked, [`${workspace.host}/oidc/v1/token`]);
    });

    it("for the audience that is set, else the one that the workspace says", async () => {
      const set = configured(workspace.host, { env: { ...env(), DATABRICKS_TOKEN_AUDIENCE: "our-audience" } });
      assert.equal(await whoAmI(workspace, set), "robot");
      const body = { token_federation_default_oidc_audiences: ["our-audience"] };
      workspace.faults.add({ kind: "status", path: "/.well-known/databricks-config", status: 200, body });
      assert.equal(await whoAmI(workspace, configured(workspace.host, { env: env() })), "robot");
      workspace.faults.add({ kind: "status", path: "/.well-known/databricks-config", status: 404 });
      workspace.oauth.revokeAll();
      assert.equal(await whoAmI(workspace, configured(workspace.host, { env: env() })), "robot");
      assert.deepEqual(github.asked, ["our-audience", "our-audience", `${workspace.host}/oidc/v1/token`]);
    });

    it("a host that only a state names chooses no audience, and gets no token that is for another", async () => {
      const body = { token_federation_default_oidc_audiences: ["our-audience"] };
      const page = { kind: "status", path: "/.well-known/databricks-config", status: 200, body, times: 9 } as const;
      workspace.faults.add(page);
      assert.equal(await whoAmI(workspace, configured(workspace.host, { env: unnamed() })), "robot");
      assert.deepEqual(github.asked, [`${workspace.host}/oidc/v1/token`]);
      workspace.oauth.revokeAll();
      const set = { env: { ...unnamed(), DATABRICKS_TOKEN_AUDIENCE: "our-audience" } };
      const error = await failure(whoAmI(workspace, configured(workspace.host, set)));
      assert.deepEqual([error.code, /DATABRICKS_HOST/.test(error.message)], ["HOST_NOT_NAMED", true]);
      assert.equal(workspace.countCalls("POST /oidc/v1/token"), 1);
      // Whoever names it trusts it: the program, the config, a profile.
      for (const [given, program] of [
        [set, { host: workspace.host }],
        [{ ...set, config: { "databricks:host": workspace.host } }, {}],
        [{ ...set, file: `[DEFAULT]\nhost = ${workspace.host}\n` }, {}],
      ] as const) {
        assert.equal(await whoAmI(workspace, configured(workspace.host, given, program)), "robot");
      }
      // By their names Databricks' own need no other word.
      for (const [host, trusted] of [
        ["https://dbc-1.cloud.databricks.com", true],
        ["https://1.2.gcp.databricks.com", true],
        ["https://adb-1.2.azuredatabricks.net", true],
        ["https://adb-1.2.databricks.azure.us", true],
        ["https://adb-1.2.databricks.azure.cn", true],
        ["https://cloud.databricks.com.example.com", false],
        ["https://evil-cloud.databricks.com.", false],
        ["https://notazuredatabricks.net", false],
        ["https://a.b.databricks.com", false],
        ["http://dbc-1.cloud.databricks.com", false],
      ] as const) {
        assert.equal(isDatabricksHost(host), trusted, host);
      }
    });

    it("with the client id of workspace alone, in a job", async () => {
      const credential = configured(workspace.host, { env: github.env }, { clientId: principal.clientId ?? "" });
      assert.equal(await whoAmI(workspace, credential), "robot");
      assert.match(credential.source, /workspace\.clientId/);
    });

    it("without the job's permission it says so", () => {
      const { ACTIONS_ID_TOKEN_REQUEST_TOKEN: _, ...rest } = env();
      assert.throws(
        () => configured(workspace.host, { env: rest }),
        /no ACTIONS_ID_TOKEN_REQUEST_TOKEN.*id-token: write.*github-oidc.*NO_CREDENTIALS/s,
      );
    });

    it("beside a client secret it is an alternative, beside a token in doubt", () => {
      const secret = configured(workspace.host, { env: { ...env(), DATABRICKS_CLIENT_SECRET: "s" } });
      assert.equal(secret.strategy, "oauth-m2m");
      assert.throws(
        () => configured(workspace.host, { env: { ...env(), DATABRICKS_TOKEN: "t" } }),
        /pat \(DATABRICKS_TOKEN\) and github-oidc \(DATABRICKS_CLIENT_ID\).*AMBIGUOUS/,
      );
    });

    it("a refusal of GitHub or of the workspace names which", async () => {
      const wrong = { ...env(), ACTIONS_ID_TOKEN_REQUEST_TOKEN: "not-this-one" };
      const byGitHub = await failure(whoAmI(workspace, configured(workspace.host, { env: wrong })), "not-this-one");
      assert.match(byGitHub.message, /github-oidc.*\/token answered 401 \(.*Bad credentials/);
      workspace.oauth.trusted.length = 0;
      const refused = await failure(whoAmI(workspace, configured(workspace.host, { env: env() })));
      assert.match(refused.message, /oidc\/v1\/token answered 400 \(invalid_grant: No federation policy/);
      assert.equal(refused.code, "CREDENTIAL_REFUSED");
    });

    it("sends GitHub's token over https, or on this machine, alone", async () => {
      const plain = { ...env(), ACTIONS_ID_TOKEN_REQUEST_URL: "http://actions.example/token" };
      const error = await failure(whoAmI(workspace, configured(workspace.host, { env: plain })));
      assert.equal(error.code, "INVALID_CONFIG");
    });
  });

  describe("env-oidc and file-oidc", () => {
    const issuer = new IdTokens("https://issuer.example");
    const token = (sub = "job", aud = "databricks"): string => issuer.issue({ sub, aud }, Date.now());
    let folder: string;

    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "pdt-oidc-"));
      workspace.oauth.trusted.push({ issuer, subject: "job", audience: "databricks", identity: principal });
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it("take the token from DATABRICKS_OIDC_TOKEN, or the variable that is named", async () => {
      const named = { DATABRICKS_HOST: workspace.host };
      for (const env of [
        { ...named, DATABRICKS_OIDC_TOKEN: token() },
        { ...named, DATABRICKS_OIDC_TOKEN_ENV: "MINE", MINE: token(), DATABRICKS_CLIENT_ID: principal.clientId ?? "" },
      ]) {
        const credential = configured(workspace.host, { env });
        assert.equal(credential.strategy, "env-oidc");
        assert.equal(await whoAmI(workspace, credential), "robot");
      }
      assert.throws(
        () => configured(workspace.host, { env: { DATABRICKS_OIDC_TOKEN_ENV: "MINE" } }),
        /the variable MINE \(DATABRICKS_OIDC_TOKEN_ENV\) is empty \(env-oidc\)/,
      );
    });

    it("a token that is for somebody else goes to no host that only a state names; one that is for it does", async () => {
      const path = join(folder, "token");
      const audience = "token endpoint";
      workspace.oauth.trusted.push({ issuer, subject: "job", audience, identity: principal });
      const own = token("job", `${workspace.host}/oidc/v1/token`);
      for (const [value, code] of [
        [token(), "HOST_NOT_NAMED"],
        ["opaque", "HOST_NOT_NAMED"],
        [token("job", `${workspace.host}.example.com/oidc`), "HOST_NOT_NAMED"],
        [own, "none"],
      ] as const) {
        writeFileSync(path, value);
        for (const env of [{ DATABRICKS_OIDC_TOKEN: value }, { DATABRICKS_OIDC_TOKEN_FILEPATH: path }]) {
          const asked = whoAmI(workspace, configured(workspace.host, { env }));
          const outcome = code === "none" ? await asked : (await failure(asked, value)).code;
          assert.equal(outcome, code === "none" ? "robot" : code);
        }
      }
      const posts = workspace.countCalls("POST /oidc/v1/token");
      assert.equal(posts, 2);
    });

    it("read the file anew at each exchange", async () => {
      const path = join(folder, "token");
      const named = { DATABRICKS_HOST: workspace.host };
      const env = { ...named, DATABRICKS_OIDC_TOKEN_FILEPATH: path, DATABRICKS_CLIENT_ID: principal.clientId ?? "" };
      const credential = configured(workspace.host, { env });
      assert.equal(credential.strategy, "file-oidc");
      assert.match((await failure(whoAmI(workspace, credential))).message, /token file .* does not exist/);
      writeFileSync(path, "\n");
      assert.match((await failure(whoAmI(workspace, credential))).message, /token file .* is empty/);
      const stale = token("nobody");
      writeFileSync(path, stale);
      assert.equal((await failure(whoAmI(workspace, credential), stale)).code, "CREDENTIAL_REFUSED");
      writeFileSync(path, `${token()}\n`);
      assert.equal(await whoAmI(workspace, credential), "robot");
    });
  });
});
