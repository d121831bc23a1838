import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";

describe("examples/consumer-stack, under Pulumi's mocks", function () {
  this.timeout(60_000);
  const TOKEN = randomBytes(16).toString("hex");

  async function run(env: Record<string, string>) {
    const args = ["--require", "ts-node/register/transpile-only", join(__dirname, "consumer-stack.ts")];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, TOKEN, ...env } });
    return JSON.parse(stdout) as { registered: Array<{ type: string; inputs: object }>; secret: object };
  }
  /** As Pulumi's wire marks a secret. */
  const marked = (value: unknown) => ({
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    value,
  });

  for (const [producer, env] of [
    ["is a secret in the producing stack", { MARKED: "1" }],
    ["is none there, by mistake", {}],
  ] as Array<[string, Record<string, string>]>) {
    it(`a token that ${producer} goes to Kubernetes and to GitHub Actions as a secret`, () => check(env));
  }

  async function check(env: Record<string, string>): Promise<void> {
    const { registered, secret } = await run(env);
    const [kubernetes, actions, ...more] = registered.sort((a, b) => b.type.localeCompare(a.type));
    assert.deepEqual(more, []);
    assert.deepEqual(kubernetes, {
      type: "kubernetes:core/v1:Secret",
      inputs: {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "databricks", namespace: "default" },
        stringData: marked({ DATABRICKS_HOST: "https://h.example.com", DATABRICKS_TOKEN: TOKEN }),
      },
    });
    assert.deepEqual(actions, {
      type: "github:index/actionsSecret:ActionsSecret",
      inputs: { repository: "r", secretName: "DATABRICKS_TOKEN", value: marked(TOKEN) },
    });
    assert.deepEqual(secret, { kubernetesData: true, actionsValue: true });
  }
});
