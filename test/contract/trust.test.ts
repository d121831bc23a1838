import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Properties } from "../../provider/token/state";
import { databricksTokens } from "../engine/tool";
import { LocalWorkspace } from "../workspace";
import { LocalAzure } from "../workspace/azure";
import { fakeCommand } from "../workspace/fake-command";
import { GitHubOidc } from "../workspace/github";
import { Provider } from "./provider";
import { Stranger } from "./stranger";

const ID = "/subscriptions/0-1/resourceGroups/rg/providers/Microsoft.Databricks/workspaces/w";
const origin = { organization: "o", project: "p", stack: "s", name: "n" };
/** Nobody else's: whatever has it, and turns up elsewhere, has leaked. */
const canary = (): string => `canary${randomBytes(12).toString("hex")}`;

describe("trust: a host that is not whom a credential is meant for gets no byte of it", function () {
  this.timeout(180_000);
  let workspace: LocalWorkspace;
  let azure: LocalAzure;
  let github: GitHubOidc;
  let stranger: Stranger;
  let folder: string;
  let outs: Properties;
  let id: string;
  const secrets: string[] = [];

  before(async () => {
    [workspace, azure, github] = await Promise.all([LocalWorkspace.start(), LocalAzure.start(), GitHubOidc.start()]);
    stranger = await Stranger.start();
    folder = mkdtempSync(join(tmpdir(), "pdt-trust-"));
    azure.arm.add(ID, workspace.host);
    const provider = await Provider.start({
      DATABRICKS_HOST: workspace.host,
      DATABRICKS_TOKEN: workspace.admin.token,
    });
    const { inputs } = await provider.check({}, { origin } as unknown as Properties);
    ({ id, outs } = await provider.create(inputs));
    provider.stop();
    // The state's own token belongs to the state: what is looked for is what the machine has.
  });
  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    await Promise.all([workspace, azure, github, stranger].map((item) => item?.stop()));
  });
  beforeEach(() => stranger.reset());

  const secret = (): string => {
    const value = canary();
    secrets.push(value);
    return value;
  };
  const jwt = (): string => {
    const value = github.tokens.issue({ sub: "s", aud: "account-of-the-real-workspace" }, Date.now());
    secrets.push(value);
    return value;
  };

  /** What each strategy finds, without a word about the workspace. */
  function strategies(): Record<string, Record<string, string>> {
    const bin = join(folder, randomBytes(4).toString("hex"));
    const file = `${bin}-token`;
    writeFileSync(file, jwt());
    const app = azure.entra.addApp(randomBytes(8).toString("hex"));
    secrets.push(app.secret);
    azure.platforms.managedIdentity = app.clientId;
    app.subjects.push(azure.platforms.subject, "pod");
    const pod = azure.entra.assertions.issue({ sub: "pod", aud: "api://AzureADTokenExchange" }, Date.now());
    writeFileSync(`${file}-pod`, pod);
    const { ARM_TENANT_ID: tenant = "" } = azure.env;
    const commands = (name: string, script: string): string => {
      const path = mkdtempSync(join(folder, `${name}-`));
      fakeCommand(path, name, script);
      return `${path}:${process.env.PATH}`;
    };
    const az = JSON.stringify({ accessToken: secret(), expires_on: Math.floor(Date.now() / 1000) + 3600 });
    const cli = JSON.stringify({ access_token: secret(), expiry: new Date(Date.now() + 3_600_000).toISOString() });
    return {
      pat: { DATABRICKS_TOKEN: secret() },
      basic: { DATABRICKS_USERNAME: "u", DATABRICKS_PASSWORD: secret() },
      "oauth-m2m": { DATABRICKS_CLIENT_ID: "c", DATABRICKS_CLIENT_SECRET: secret() },
      "github-oidc": { ...github.env, DATABRICKS_CLIENT_ID: "c" },
      "github-oidc with an audience": { ...github.env, DATABRICKS_CLIENT_ID: "c", DATABRICKS_TOKEN_AUDIENCE: "ours" },
      "env-oidc": { DATABRICKS_OIDC_TOKEN: jwt() },
      "file-oidc": { DATABRICKS_OIDC_TOKEN_FILEPATH: file },
      "azure-client-secret": { ...azure.env, ARM_CLIENT_ID: app.clientId, ARM_CLIENT_SECRET: app.secret },
      "azure-msi": { ...azure.env, ...azure.managedIdentityEnv, ARM_USE_MSI: "true" },
      "azure-workload-identity": {
        ...azure.env,
        AZURE_CLIENT_ID: app.clientId,
        AZURE_TENANT_ID: tenant,
        AZURE_FEDERATED_TOKEN_FILE: `${file}-pod`,
      },
      "azure-pipelines": {
        ...azure.env,
        SYSTEM_OIDCREQUESTURI: `${azure.origin}/oidc-request`,
        SYSTEM_ACCESSTOKEN: azure.platforms.key,
        AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: "c",
        AZURESUBSCRIPTION_CLIENT_ID: app.clientId,
        AZURESUBSCRIPTION_TENANT_ID: tenant,
      },
      "azure-cli": { ...azure.env, PATH: commands("az", `echo '${az}'`) },
      // It has a token for the workspace, and none for anybody else.
      "databricks-cli": {
        PATH: commands("databricks", `case "$*" in *${workspace.host}*) echo '${cli}';; *) exit 1;; esac`),
      },
    };
  }

  const FAST = { DATABRICKS_HTTP_TIMEOUT_SECONDS: "1", DATABRICKS_OPERATION_TIMEOUT_SECONDS: "1" };
  /** Also what was fetched meanwhile looks like one of these. */
  const assertNothing = (): void => {
    const got = stranger.received;
    const leaked = secrets.filter((value) => got.includes(value));
    assert.deepEqual(leaked, []);
    assert.doesNotMatch(got, /eyJ/, "a token that was fetched");
  };
  /** A state whose host somebody has changed, through everything that the engine does with one. */
  async function lifecycle(env: Record<string, string>, more: Properties = {}): Promise<void> {
    const provider = await Provider.start({ ...FAST, ...env });
    const props: Properties = { ...outs, ...more, host: stranger.host };
    const news: Properties = { ...props, comment: "another" };
    delete news["schemaVersion"];
    try {
      await provider.read(id, props).catch(() => undefined);
      await provider.update(id, props, news).catch(() => undefined);
      await provider.delete(id, props).catch(() => undefined);
    } finally {
      provider.stop();
    }
  }
  /** At the same time: each in a process of its own. */
  async function all(
    names: readonly string[],
    envs: Record<string, Record<string, string>>,
    more: object,
    props?: Properties,
  ) {
    await Promise.all(names.map((name) => lifecycle({ ...envs[name], ...more }, props)));
    assertNothing();
  }

  it("in the provider, where the environment names another host", async () => {
    const envs = strategies();
    await all(Object.keys(envs), envs, { DATABRICKS_HOST: workspace.host });
  });

  it("in the provider, where the environment names another workspace by its Azure resource id", async () => {
    const envs = strategies();
    await all(Object.keys(envs), envs, { DATABRICKS_AZURE_RESOURCE_ID: ID });
  });

  it("in the provider, where nobody but the state names the host: what holds for more than one workspace", async () => {
    stranger.tell("/.well-known/databricks-config", { token_federation_default_oidc_audiences: ["ours", "account"] });
    const envs = strategies();
    const wide = Object.keys(envs).filter((name) => /oidc|azure/.test(name));
    // A resource id that the state names is the attacker's choice too.
    await all(
      wide.filter((name) => name !== "github-oidc"),
      envs,
      {},
      { workspace: { azureWorkspaceResourceId: ID } },
    );
    github.asked.length = 0;
    stranger.reset();
    await lifecycle(envs["github-oidc"]!);
    assert.deepEqual([...new Set(github.asked)], [`${stranger.host}/oidc/v1/token`], "for that host alone");
  });

  it("in the audit of a state's file, whoever else names nothing or another: it is not even connected to", async () => {
    const state = {
      version: 3,
      deployment: {
        resources: [
          {
            urn: "urn:pulumi:s::p::pulumi-nodejs:dynamic/databricks:Token::n",
            type: "pulumi-nodejs:dynamic/databricks:Token",
            inputs: { ...outs, host: stranger.host, workspace: { azureWorkspaceResourceId: ID } },
            outputs: { ...outs, host: stranger.host, candidates: [], retiring: [], unfinished: [] },
          },
        ],
      },
    };
    const envs = strategies();
    for (const [name, env] of Object.entries(envs)) {
      for (const more of [{}, { DATABRICKS_HOST: workspace.host }]) {
        const { code, stdout } = await databricksTokens(["audit", "--state", "-", "--json"], {
          cwd: folder,
          env: { PATH: process.env.PATH ?? "", HOME: folder, ...FAST, ...env, ...more } as Record<string, string>,
          input: JSON.stringify(state),
        });
        const { workspaces } = JSON.parse(stdout);
        assert.deepEqual([code, workspaces[0].problem.code, stranger.connections], [3, "HOST_NOT_NAMED", 0], name);
        assert.ok(workspaces[0].problem.text.includes(`--host ${stranger.host}`));
      }
    }
    const named = await databricksTokens(["audit", "--state", "-", "--json", "--host", `${stranger.host}/?o=1`], {
      cwd: folder,
      env: { PATH: process.env.PATH ?? "", HOME: folder, ...FAST, DATABRICKS_TOKEN: canary() },
      input: JSON.stringify(state),
    });
    assert.ok(stranger.connections > 0, named.stdout);
  });

  it("in the audit of a stack, whose state alone names the host: what holds for more than one workspace", async () => {
    const resource = {
      urn: "urn:pulumi:s::p::pulumi-nodejs:dynamic/databricks:Token::n",
      type: "pulumi-nodejs:dynamic/databricks:Token",
      inputs: { ...outs, host: stranger.host, workspace: { host: stranger.host, azureWorkspaceResourceId: ID } },
      outputs: { ...outs, host: stranger.host, candidates: [], retiring: [], unfinished: [] },
    };
    const bin = mkdtempSync(join(folder, "pulumi-"));
    writeFileSync(join(bin, "state.json"), JSON.stringify({ version: 3, deployment: { resources: [resource] } }));
    fakeCommand(bin, "pulumi", `case "$*" in *export*) cat "${bin}/state.json";; *) echo '{}';; esac`);
    const envs = strategies();
    // A token of GitHub's that is for that host alone may go to it.
    const wide = Object.entries(envs).filter(([name]) => /oidc|azure/.test(name) && name !== "github-oidc");
    for (const [name, env] of wide) {
      const { stdout } = await databricksTokens(["audit", "--stack", "s", "--json"], {
        cwd: folder,
        env: { HOME: folder, ...FAST, ...env, PATH: `${bin}:${env["PATH"] ?? process.env.PATH}` },
      });
      assert.equal(JSON.parse(stdout).exitCode, 3, name);
    }
    assertNothing();
  });

  it("a state's host that is no https origin is not connected to, in the provider and in the audit", async () => {
    const { port } = new URL(stranger.host);
    const env = { DATABRICKS_TOKEN: canary(), ...FAST };
    for (const host of [
      `http://0.0.0.0:${port}`,
      `http://user:hidden-word@127.0.0.1:${port}`,
      `${stranger.host}/path`,
      `http://127.1:${port}`,
      "http://[::ffff:7f00:1]",
      "ftp://127.0.0.1",
      "adb-1.2.azuredatabricks.net",
      "",
    ]) {
      const provider = await Provider.start(env);
      const props: Properties = { ...outs, host };
      for (const act of [
        () => provider.read(id, props),
        () => provider.update(id, props, { ...props, comment: "x" }),
        () => provider.delete(id, props),
      ]) {
        await assert.rejects(
          act(),
          (error: Error) => /INVALID_HOST/.test(error.message) && !/hidden-word/.test(error.message),
        );
      }
      provider.stop();
    }
    assert.equal(stranger.connections, 0);
  });
});
