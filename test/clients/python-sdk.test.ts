import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { LocalWorkspace } from "../workspace";
import { pythonWithSdk } from "./python";

/** The local workspace, held to a client that nobody here wrote. */
describe("the official Python SDK against the local workspace", () => {
  let workspace: LocalWorkspace;

  beforeEach(async () => {
    workspace = await LocalWorkspace.start();
  });
  afterEach(() => workspace.stop());

  it("creates, lists, updates, uses and deletes a token", async function () {
    this.timeout(300_000);
    const python = await pythonWithSdk();
    if (!python) this.skip();
    const env = { PATH: process.env.PATH, DATABRICKS_HOST: workspace.host, DATABRICKS_TOKEN: workspace.admin.token };
    const { stdout } = await promisify(execFile)(python, [join(__dirname, "tokens.py")], { env, timeout: 60_000 });
    assert.deepEqual(JSON.parse(stdout), {
      me: workspace.admin.userName,
      workspace_id: Number(workspace.orgId),
      created: { comment: "from the SDK", lifetime: 3_600_000, value: true },
      listed: ["from the SDK"],
      changed: ["changed"],
      managed: [workspace.admin.userName],
      conf: { enableTokensConfig: "true" },
      clusters: 0,
      after: 0,
      again: "ResourceDoesNotExist",
      autoscope: { state: "AUTOSCOPE_STATE_RUNNING", inferred: ["clusters"] },
      got: workspace.admin.userName,
      gone: "ResourceDoesNotExist",
    });
    const [token] = workspace.tokens({ all: true });
    assert.deepEqual([token?.comment, token?.scopes, token?.alive], ["changed", ["clusters"], false]);
    assert.match(workspace.calls[0]?.userAgent ?? "", /databricks-sdk-py\//);
  });
});
