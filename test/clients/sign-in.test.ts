import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { LocalWorkspace } from "../workspace";
import { LocalAzure } from "../workspace/azure";
import { GitHubOidc } from "../workspace/github";
import { pythonWithSdk } from "./python";

/** The sign-ins of the local workspace, held to a client that nobody here wrote. */
describe("the official Python SDK signs in to the local workspace", function () {
  this.timeout(300_000);
  let python: string;
  let workspace: LocalWorkspace;

  before(async function () {
    const found = await pythonWithSdk();
    if (!found) return this.skip();
    python = found;
  });
  beforeEach(async () => {
    workspace = await LocalWorkspace.start();
  });
  afterEach(() => workspace.stop());

  async function whoIs(env: Record<string, string>, azure?: string): Promise<string[]> {
    const script = join(__dirname, "sign-in.py");
    const child = spawn(python, ["-B", script], { env: {}, stdio: ["pipe", "pipe", "inherit"] });
    const full = { HOME: "/nonexistent", DATABRICKS_HOST: workspace.host, ...env };
    child.stdin.end(JSON.stringify([{ env: full, azure }]));
    const [outcome] = (await json(child.stdout)) as string[][];
    return outcome ?? [];
  }

  it("by oauth-m2m; a wrong secret is refused", async () => {
    const { clientId = "", clientSecret = "" } = workspace.addUser("robot", { servicePrincipal: true });
    const env = { DATABRICKS_CLIENT_ID: clientId, DATABRICKS_CLIENT_SECRET: clientSecret };
    assert.deepEqual(await whoIs(env), ["oauth-m2m", "robot"]);
    const [error, text] = await whoIs({ ...env, DATABRICKS_CLIENT_SECRET: "no" });
    assert.match(`${error}: ${text}`, /ValueError: .*invalid_client/);
  });

  it("by github-oidc and env-oidc", async () => {
    const github = await GitHubOidc.start();
    try {
      const identity = workspace.addUser("robot", { servicePrincipal: true });
      const { tokens: issuer, subject } = github;
      workspace.oauth.trusted.push({ issuer, subject, audience: "token endpoint", identity });
      const env = { ...github.env, DATABRICKS_CLIENT_ID: identity.clientId ?? "" };
      assert.deepEqual(await whoIs(env), ["github-oidc", "robot"]);
      const token = issuer.issue({ sub: subject, aud: `${workspace.host}/oidc/v1/token` }, Date.now());
      assert.deepEqual(await whoIs({ DATABRICKS_OIDC_TOKEN: token }), ["env-oidc", "robot"]);
    } finally {
      await github.stop();
    }
  });

  it("by azure-client-secret, as a principal that was no member", async () => {
    const azure = await LocalAzure.start();
    try {
      const resourceId = "/subscriptions/0-1/resourceGroups/rg/providers/Microsoft.Databricks/workspaces/w";
      workspace.entra = { azure, resourceId };
      const identity = workspace.addUser("robot", { servicePrincipal: true, member: false });
      const app = azure.entra.addApp(identity.clientId);
      const env = {
        REQUESTS_CA_BUNDLE: azure.env.NODE_EXTRA_CA_CERTS ?? "",
        ARM_CLIENT_ID: app.clientId,
        ARM_CLIENT_SECRET: app.secret,
        DATABRICKS_AZURE_RESOURCE_ID: resourceId,
      };
      assert.deepEqual(await whoIs(env, azure.origin), ["azure-client-secret", "robot"]);
    } finally {
      await azure.stop();
    }
  });
});
