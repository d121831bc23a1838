import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { pythonWithSdk } from "../clients/python";
import { LocalWorkspace } from "../workspace";
import { ROOT, Stack } from "./stack";

const PUT = "/api/2.0/secrets/put";
const REVOKE = "/api/2.0/token/delete";

/** A token in a secret of a scope of its own; a second one, with a literal for its value, takes over what was there. */
const PROGRAM = `
const { DatabricksToken, Secret, SecretScope } = require("pulumi-databricks-tokens");
const token = new DatabricksToken("ci", JSON.parse(process.env.ARGS || "{}"));
const scope = new SecretScope("ci", { name: "ci" });
const kept = new Secret("ci", { scope: scope.name, key: "token", stringValue: token.tokenValue });
new Secret("plain", { scope: "mine", key: "plain", stringValue: "literal-in-the-program", adopt: true });
module.exports = { key: kept.key, value: kept.stringValue };
`;

describe("Secret and SecretScope on the real engine", function () {
  this.timeout(300_000);
  let workspace: LocalWorkspace;
  let stack: Stack;

  beforeEach(async () => {
    workspace = await LocalWorkspace.start();
    workspace.secrets.add("mine", [workspace.admin.userName]);
    workspace.secrets.put("mine", "plain", "value-of-before", workspace.now());
  });
  afterEach(async () => {
    const leaks = stack.leaks();
    const files = readdirSync(stack.home, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"));
    const { printed } = stack;
    stack.remove();
    await workspace.stop();
    assert.deepEqual(leaks, [], "places that hold a token in clear");
    for (const text of [...files, printed]) {
      assert.ok(!text.includes("literal-in-the-program") && !text.includes("value-of-before"), "a value in clear");
    }
  });

  const release = (name: string): void => {
    stack.env.ARGS = JSON.stringify({ lifetimeSeconds: 600, triggers: { release: name } });
  };
  const held = (): string | undefined => workspace.secrets.value("ci", "token");
  const places = (): string[] =>
    workspace.calls.map((call) => call.path).filter((path) => [PUT, REVOKE].includes(path));
  const urnOf = async (type: string): Promise<string> => {
    const found = (await stack.deployment()).resources.find((item) => item.type.endsWith(`databricks:${type}`));
    return found?.urn ?? "";
  };

  it("a rotation and a replacement reach the secret in the same up, before the old token is revoked", async () => {
    stack = await Stack.ofSource(workspace, PROGRAM);
    release("1");
    assert.match(await stack.up(), /value\s*: \[secret\]/);
    const [first] = workspace.tokens();
    assert.equal(held(), first?.value);
    assert.equal(workspace.secrets.value("mine", "plain"), "literal-in-the-program");
    assert.match(await stack.up(), /5 unchanged/);

    workspace.calls.length = 0;
    release("2");
    await stack.up();
    const second = workspace.tokens().find((token) => token.tokenId !== first?.tokenId);
    assert.equal(held(), second?.value);
    assert.deepEqual(places(), [PUT], "the run that mints does not revoke");

    workspace.calls.length = 0;
    await stack.up("--replace", await urnOf("Token"));
    const [third, ...more] = workspace.tokens();
    assert.equal(more.length, 0);
    assert.equal(held(), third?.value);
    assert.deepEqual([...new Set(places())], [PUT, REVOKE]);

    workspace.secrets.put("ci", "token", "changed", workspace.now());
    assert.match(await stack.refresh(), /databricks:Secret.*updated/);
    assert.deepEqual(
      (await stack.resources()).filter(({ outputs }) => outputs?.drift === "changed").map(({ outputs }) => outputs.key),
      ["token"],
    );
    assert.match(await stack.up(), /1 updated/);
    assert.equal(held(), third?.value);

    await stack.up("--replace", await urnOf("SecretScope"));
    assert.equal(held(), third?.value, "its secrets went before it and came after it");
    await stack.destroy();
    assert.equal(workspace.secrets.get("ci"), undefined);
    assert.equal(workspace.secrets.value("mine", "plain"), "value-of-before");
    assert.equal(workspace.tokens().length, 0);
  });

  for (const [status, kind] of [
    [403, "permission-denied"],
    [429, "throttle"],
  ] as const) {
    it(`secrets/put answered ${status}: the old token stays alive, and the next up finishes`, async () => {
      stack = await Stack.ofSource(workspace, PROGRAM, { DATABRICKS_OPERATION_TIMEOUT_SECONDS: "10" });
      release("1");
      await stack.up();
      const [first] = workspace.tokens();
      const refuse = () => workspace.faults.add({ path: PUT, kind, retryAfter: 6, times: Number.POSITIVE_INFINITY });
      refuse();
      release("2");
      const failed = await stack.run("up", "--yes", "--skip-preview");
      assert.notEqual(failed.code, 0);
      assert.match(failed.text, /PERMISSION_DENIED|THROTTLED|TIMEOUT/);
      assert.equal(held(), first?.value);
      assert.equal(workspace.isAlive(first?.value ?? ""), true);
      workspace.faults.clear();
      await stack.up();
      assert.equal(workspace.tokens().length, 2, "no third one was minted");
      const second = workspace.tokens().find((token) => token.tokenId !== first?.tokenId);
      assert.equal(held(), second?.value);

      refuse();
      const stuck = await stack.run("up", "--yes", "--skip-preview", "--replace", await urnOf("Token"));
      assert.notEqual(stuck.code, 0);
      assert.equal(held(), second?.value);
      assert.equal(workspace.isAlive(second?.value ?? ""), true, "it is not revoked before the secret has the new one");
      workspace.faults.clear();
      await stack.up();
      const [third, ...more] = workspace.tokens();
      assert.equal(more.length, 0);
      assert.equal(held(), third?.value);
      await stack.destroy();
    });
  }

  it("the example: the Python SDK reads the secret, and signs in with it", async function () {
    stack = await Stack.of(workspace, join(ROOT, "examples", "databricks-secrets"));
    assert.match(await stack.up(), /key\s*: "jobs-token"\n\s*scope\s*: "ci"/);
    assert.equal(workspace.secrets.value("ci", "jobs-token"), workspace.tokens()[0]?.value);
    const python = await pythonWithSdk();
    if (python) {
      const { stdout } = await promisify(execFile)(python, ["read_secret.py", "ci", "jobs-token"], {
        cwd: stack.folder,
        env: stack.env,
      });
      assert.equal(stdout.trim(), "0 clusters");
      assert.equal(workspace.calls.at(-1)?.signedInWith, workspace.tokens()[0]?.tokenId);
    }
    const notebook = readFileSync(join(stack.folder, "notebook.py"), "utf8");
    assert.match(notebook, /dbutils\.secrets\.get\(scope="ci", key="jobs-token"\)/);
    await stack.destroy();
    assert.equal(workspace.secrets.get("ci"), undefined);
    if (!python) this.skip();
  });
});
