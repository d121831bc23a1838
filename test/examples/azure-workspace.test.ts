import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

/** The plugin of azure-native can't run here. Mocks show what the program asks for, not what Azure answers. */
describe("examples/azure-workspace, under Pulumi's mocks", function () {
  this.timeout(60_000);

  it("puts the token into the workspace that azure-native makes in the same run", async () => {
    const args = ["--require", "ts-node/register/transpile-only", join(__dirname, "azure-workspace.ts")];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const { registered, host, id } = JSON.parse(stdout) as {
      registered: Array<{ type: string; inputs: { workspace?: object; origin?: object } }>;
      host: string;
      id: string;
    };
    assert.equal(host, "https://adb-1.2.azuredatabricks.net");
    const [workspace, token] = registered;
    assert.equal(workspace?.type, "azure-native:databricks:Workspace");
    assert.equal(token?.type, "pulumi-nodejs:dynamic/databricks:Token");
    assert.deepEqual(token?.inputs.workspace, { host, azureWorkspaceResourceId: id });
  });
});
