import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { LocalWorkspace } from "../workspace";
import { ROOT, Stack } from "./stack";

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
});
