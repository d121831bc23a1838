import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { markComment } from "../../provider/token/marker";
import { type Identity, LocalWorkspace } from "../workspace";
import { LocalAzure } from "../workspace/azure";
import { GitHubOidc } from "../workspace/github";
import { ROOT, Stack } from "./stack";
import { runStep } from "./workflow";

describe("the examples, on the real engine", function () {
  this.timeout(180_000);
  let workspace: LocalWorkspace;
  const stacks: Stack[] = [];

  beforeEach(async () => {
    workspace = await LocalWorkspace.start();
  });
  afterEach(async () => {
    const leaks = stacks.flatMap((stack) => stack.leaks());
    for (const stack of stacks.splice(0)) stack.remove();
    await workspace.stop();
    assert.deepEqual(leaks, []);
  });

  async function stackOf(folder: string, env?: Record<string, string>): Promise<Stack> {
    const stack = await Stack.of(workspace, join(ROOT, folder), [], env);
    stacks.push(stack);
    return stack;
  }

  it("quickstart and consumer: another stack reads the token, a secret there too", async () => {
    const producer = await stackOf(".");
    await producer.up();
    const consumer = await stackOf("examples/consumer", {
      PULUMI_BACKEND_URL: producer.env.PULUMI_BACKEND_URL ?? "",
      PULUMI_CONFIG_PASSPHRASE: producer.env.PULUMI_CONFIG_PASSPHRASE ?? "",
    });
    await consumer.must("config", "set", "producer", "organization/databricks-tokens/dev");
    assert.match(await consumer.up(), /token\s*: \[secret\]/);
    const { token } = await consumer.outputs();
    assert.equal(token, workspace.tokens()[0]?.value);
    await consumer.destroy();
    await producer.destroy();
    assert.equal(workspace.isAlive(String(token)), false);
  });

  it("bearer: clusters/list from TypeScript (undici) and from curl", async () => {
    const stack = await stackOf("examples/bearer");
    await stack.up();
    const outputs = await stack.outputs();
    assert.equal(outputs.clustersListStatus, 200);
    const script = join(ROOT, "examples", "bearer", "list-clusters.sh");
    const { stdout } = await promisify(execFile)("sh", [script], { cwd: stack.folder, env: stack.env });
    assert.equal(typeof JSON.parse(stdout), "object");
    const call = workspace.calls.findLast((item) => item.path === "/api/2.0/clusters/list");
    assert.match(call?.userAgent ?? "", /^curl\//);
    assert.equal(call?.status, 200);
    await stack.destroy();
  });

  /** The environment of a stack has a token; these sign in without. */
  const NO_TOKEN = { DATABRICKS_TOKEN: "" };

  it("github-actions: a job's own identity, nothing secret stored", async () => {
    const github = await GitHubOidc.start();
    try {
      const identity = workspace.addUser("robot", { servicePrincipal: true });
      const { tokens: issuer, subject } = github;
      workspace.oauth.trusted.push({ issuer, subject, audience: "token endpoint", identity });
      const env = { ...NO_TOKEN, ...github.env, DATABRICKS_CLIENT_ID: identity.clientId ?? "" };
      const stack = await stackOf("examples/github-actions", env);
      await stack.up();
      assert.equal((await stack.outputs()).owner, "robot");
      await auditedNightly(stack, identity);
      await stack.destroy();
      assert.deepEqual(workspace.tokens(), []);
    } finally {
      await github.stop();
    }
  });

  /** What the workflow beside it does: the report in the job's summary, the page as an artifact, the exit code. */
  async function auditedNightly(stack: Stack, identity: Identity): Promise<void> {
    const workflow = join(stack.folder, ".github", "workflows", "audit.yml");
    const page = join(stack.home, "audit.html");
    // The stack's settings are there, and what the step writes does not belong beside the example.
    copyFileSync(join(stack.folder, "Pulumi.yaml"), join(stack.home, "Pulumi.yaml"));
    const nightly = () => runStep(workflow, "Audit", stack.home, { ...stack.env, STACK: "dev" });
    const fine = await nightly();
    assert.equal(fine.code, 0, fine.stderr);
    assert.match(fine.summary, /^```text\nhttp.*\nKIND .*\nmanaged +nightly +robot /);
    assert.match(readFileSync(page, "utf8"), /^<!doctype html>/i);
    const origin = {
      organization: "organization",
      project: "databricks-tokens-github-actions",
      stack: "dev",
      name: "nightly",
    };
    const lost = workspace.mint(identity, { comment: markComment("", origin, "0123456789abcdef01234567") });
    const found = await nightly();
    assert.deepEqual([found.code, found.summary.includes(lost.tokenId)], [2, true]);
    workspace.revoke(lost.tokenId);
  }

  it("entra-service-principal: the host from the Azure resource id, a principal that was no member", async () => {
    const azure = await LocalAzure.start();
    try {
      const id = "/subscriptions/0-1/resourceGroups/rg/providers/Microsoft.Databricks/workspaces/w";
      workspace.entra = { azure, resourceId: id };
      azure.arm.add(id, workspace.host);
      const identity = workspace.addUser("robot", { servicePrincipal: true, member: false });
      const app = azure.entra.addApp(identity.clientId);
      const client = { ARM_CLIENT_ID: app.clientId, ARM_CLIENT_SECRET: app.secret };
      const env = { ...NO_TOKEN, DATABRICKS_HOST: "", ...azure.env, ...client };
      const stack = await stackOf("examples/entra-service-principal", env);
      await stack.must("config", "set", "azureWorkspaceResourceId", id);
      await stack.up();
      const outputs = await stack.outputs();
      assert.deepEqual([outputs.owner, outputs.host], ["robot", workspace.host]);
      assert.ok(!JSON.stringify(await stack.resources()).includes(app.secret));
      await stack.destroy();
      assert.deepEqual(workspace.tokens(), []);
    } finally {
      await azure.stop();
    }
  });

  it("two-workspaces: an identity for each", async () => {
    const other = await LocalWorkspace.start();
    try {
      const stack = await stackOf("examples/two-workspaces", { ...NO_TOKEN, DATABRICKS_HOST: "" });
      for (const [namespace, home, name] of [
        ["databricks", workspace, "one"],
        ["analytics", other, "two"],
      ] as const) {
        const { clientId = "", clientSecret = "" } = home.addUser(name, { servicePrincipal: true });
        await stack.must("config", "set", `${namespace}:host`, home.host);
        await stack.must("config", "set", `${namespace}:clientId`, clientId);
        await stack.must("config", "set", "--secret", `${namespace}:clientSecret`, clientSecret);
      }
      await stack.up();
      assert.deepEqual((await stack.outputs()).owners, ["one", "two"]);
      await stack.destroy();
      assert.deepEqual([...workspace.tokens(), ...other.tokens()], []);
    } finally {
      await other.stop();
    }
  });
});
