import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Properties } from "../../provider/pulumi/wire";
import { ROOT } from "../engine/stack";
import { LocalWorkspace } from "../workspace";
import { LocalAzure } from "../workspace/azure";
import { Provider } from "./provider";

const ID = "/subscriptions/0-1/resourceGroups/rg/providers/Microsoft.Databricks/workspaces/w";
const origin = { organization: "o", project: "p", stack: "s", name: "n" };

/** The real provider process, without a secret in Pulumi. */
describe("signing in, in the real provider process", function () {
  this.timeout(60_000);
  const started: Array<{ stop(): unknown }> = [];

  afterEach(async () => {
    for (const item of started.splice(0).reverse()) await item.stop();
  });
  const keep = <T extends { stop(): unknown }>(item: T): T => {
    started.push(item);
    return item;
  };
  const principalOf = (workspace: LocalWorkspace, name = "robot") =>
    workspace.addUser(name, { servicePrincipal: true, admin: true });

  async function azureWorkspace() {
    const azure = await LocalAzure.start();
    keep(azure);
    const workspace = keep(await LocalWorkspace.start());
    workspace.entra = { azure, resourceId: ID };
    azure.arm.add(ID, workspace.host);
    const robot = principalOf(workspace);
    const app = azure.entra.addApp(robot.clientId);
    const env = { ...azure.env, ARM_CLIENT_ID: app.clientId, ARM_CLIENT_SECRET: app.secret };
    return { azure, workspace, robot, env };
  }

  it("a token's whole life by Entra ID, the host from the Azure resource id alone", async () => {
    const { azure, workspace, robot, env } = await azureWorkspace();
    robot.member = false;
    const provider = keep(await Provider.start(env));
    const wish = { origin, workspace: { azureWorkspaceResourceId: ID } } as unknown as Properties;
    const checked = await Promise.all([provider.check({}, wish), provider.check({}, wish)]);
    for (const { inputs, failures } of checked) {
      assert.deepEqual([failures, inputs["host"]], [[], workspace.host]);
    }
    const lookUps = (): number => azure.calls.filter((call) => call === `GET ${ID}`).length;
    assert.equal(lookUps(), 1);
    const { id, outs } = await provider.create(checked[0]!.inputs);
    assert.equal(outs["owner"], "robot");
    const again = await provider.check(checked[0]!.inputs, wish);
    assert.deepEqual([again.failures, again.inputs["host"], lookUps()], [[], workspace.host, 1]);
    await provider.delete(id, outs);
    assert.deepEqual(workspace.tokens(), []);
    assert.equal(azure.calls.filter((call) => call.startsWith("POST")).length, 3, "Databricks, headers, look-up");
    assert.match(workspace.calls.at(-2)?.userAgent ?? "", /auth\/(azure-client-secret|pat)/);
  });

  it("a scope and a secret in it, the host from the Azure resource id alone", async () => {
    const { workspace, robot, env } = await azureWorkspace();
    robot.member = false;
    const provider = keep(await Provider.start(env));
    const there = { origin, workspace: { azureWorkspaceResourceId: ID } };
    for (const [type, news] of [
      ["SecretScope", { name: "ci" }],
      ["Secret", { scope: "ci", key: "jobs", stringValue: "value-of-jobs" }],
    ] as const) {
      const wish = { ...there, ...news } as unknown as Properties;
      const { inputs, failures } = await provider.check({}, wish, type);
      assert.deepEqual([failures, inputs["host"]], [[], workspace.host]);
      await provider.create(inputs);
    }
    assert.equal(workspace.secrets.value("ci", "jobs"), "value-of-jobs");
  });

  it("a resource id that Azure does not know, or nobody to look it up with: said at preview", async () => {
    const { azure, env } = await azureWorkspace();
    const reason = async (provider: Provider, id: string): Promise<string> => {
      const wish = { origin, workspace: { azureWorkspaceResourceId: id } } as unknown as Properties;
      const { failures } = await provider.check({}, wish);
      assert.equal(failures.length, 1);
      assert.equal(failures[0]?.property, "workspace");
      return failures[0]?.reason ?? "";
    };
    const provider = keep(await Provider.start(env));
    assert.match(await reason(provider, `${ID}2`), /answered 404 .*Azure has no such workspace.*NOT_SUPPORTED/);
    assert.match(await reason(provider, "/nonsense"), /must be of the form/);
    assert.match(await reason(keep(await Provider.start(azure.env)), ID), /no ARM_CLIENT_ID.*NO_CREDENTIALS/s);
  });

  it("two workspaces and identities in one program: neither's credential reaches the other", async () => {
    const [first, second] = [keep(await LocalWorkspace.start()), keep(await LocalWorkspace.start())];
    const [one, two] = [principalOf(first, "one"), principalOf(second, "two")];
    const config = {
      "databricks:host": first.host,
      "databricks:clientId": one.clientId ?? "",
      "databricks:clientSecret": one.clientSecret ?? "",
      "second:host": second.host,
      "second:clientId": two.clientId ?? "",
      "second:clientSecret": two.clientSecret ?? "",
    };
    const provider = keep(await Provider.start({}, config));
    const made = await Promise.all(
      [{}, { configNamespace: "second" }].map(async (workspace) => {
        const { inputs, failures } = await provider.check({}, { origin, workspace } as unknown as Properties);
        assert.deepEqual(failures, []);
        return provider.create(inputs);
      }),
    );
    assert.deepEqual(
      made.map(({ outs }) => [outs["host"], outs["owner"]]),
      [
        [first.host, "one"],
        [second.host, "two"],
      ],
    );
    for (const [workspace, name] of [
      [first, "one"],
      [second, "two"],
    ] as const) {
      const strangers = workspace.calls.filter(({ identity, path }) => path.startsWith("/api/") && identity !== name);
      assert.deepEqual(strangers, []);
      assert.equal(workspace.countCalls("POST /oidc/v1/token"), 1);
    }
    for (const { id, outs } of made) await provider.delete(id, outs);
  });

  it("loads no strategy, and nothing of Azure, before one is used", async () => {
    const print = "console.log(Object.keys(require.cache).filter((file) => !file.includes('undici')).join())";
    const script = `require("pulumi-databricks-tokens/lifecycle"); ${print}`;
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", script], { cwd: ROOT });
    assert.match(stdout, /sign-in.chain\.js/);
    assert.doesNotMatch(stdout, /@azure|sign-in.azure[^-]|oauth-m2m|oidc|databricks-cli/);
  });
});
