import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { Provider } from "../contract/provider";
import { LocalWorkspace } from "../workspace";
import { pythonWithSdk } from "./python";

/** The local workspace's secrets, and what Secret writes, held to a client that nobody here wrote. */
describe("the official Python SDK and secrets", function () {
  this.timeout(300_000);
  let workspace: LocalWorkspace;

  beforeEach(async () => {
    workspace = await LocalWorkspace.start();
  });
  afterEach(() => workspace.stop());

  async function python(...args: string[]): Promise<Record<string, unknown> | undefined> {
    const program = await pythonWithSdk();
    if (!program) return undefined;
    const env = { PATH: process.env.PATH, DATABRICKS_HOST: workspace.host, DATABRICKS_TOKEN: workspace.admin.token };
    const { stdout } = await promisify(execFile)(program, [join(__dirname, "workspace_secrets.py"), ...args], {
      env,
      timeout: 60_000,
    });
    return JSON.parse(stdout);
  }

  it("makes a scope, puts, lists, reads and deletes", async function () {
    workspace.secrets.add("vault", [], true);
    const seen = await python();
    if (!seen) this.skip();
    assert.deepEqual(seen, {
      none: ["vault"],
      again: "ResourceAlreadyExists",
      scopes: [
        ["vault", "AZURE_KEYVAULT"],
        ["sdk", "DATABRICKS"],
      ],
      empty: 0,
      values: ["grüße", "raw"],
      keys: ["bytes", "text"],
      newer: [true, false],
      vault: "BadRequest",
      too_big: "InvalidParameterValue",
      gone: "ResourceDoesNotExist",
      no_scope: "ResourceDoesNotExist",
    });
  });

  it("reads what Secret wrote, byte for byte, as the SDK's own dbutils does", async function () {
    const provider = await Provider.start({ DATABRICKS_HOST: workspace.host, DATABRICKS_TOKEN: workspace.admin.token });
    try {
      const origin = { organization: "o", project: "p", stack: "s", name: "ci" };
      const value = 'ключ "x"\\\r\n\t🔑 ';
      const made = await provider.check({}, { origin, name: "ci" }, "SecretScope");
      await provider.create(made.inputs);
      const { inputs } = await provider.check(
        {},
        { origin, scope: "ci", key: "a/b.c@d-e_f", stringValue: value },
        "Secret",
      );
      await provider.create(inputs);
      const seen = await python("ci", "a/b.c@d-e_f");
      if (!seen) this.skip();
      assert.deepEqual(seen, { value, dbutils: value });
    } finally {
      provider.stop();
    }
  });
});
