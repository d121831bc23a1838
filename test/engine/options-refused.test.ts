import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LocalWorkspace } from "../workspace";
import { ROOT, Stack } from "./stack";

/** A program of one case, by the environment's CASE. */
const CASES = `
const pulumi = require("@pulumi/pulumi");
const { DatabricksToken, NetrcEntry } = require("pulumi-databricks-tokens");
const prod = () => new pulumi.ProviderResource("databricks", "prod", {});
const nodejs = () => {
  const { DATABRICKS_HOST: host, OWN_TOKEN: token } = process.env;
  return new pulumi.ProviderResource("pulumi-nodejs", "dynamic", {
    "databricks:host": host, "databricks:token": pulumi.secret(token),
  });
};
const component = (opts) => new pulumi.ComponentResource("test:index:Team", "team", {}, opts);
const token = (args, opts) => new DatabricksToken("ci", args, opts);
const cases = {
  provider: () => token({}, { provider: prod() }),
  inherited: () => token({}, { parent: component({ providers: { databricks: prod() } }) }),
  "inherited by an output": () => token(
    { workspace: pulumi.output({ authType: "pat" }) }, { parent: component({ providers: [prod()] }) },
  ),
  answered: () => {
    const parent = component({ providers: { databricks: prod() } });
    const made = token({ workspace: { host: process.env.OTHER_HOST, profile: "other" } }, { parent });
    new NetrcEntry("ci", { machine: made.host, password: made.tokenValue, path: process.env.NETRC }, { parent });
  },
  import: () => token({}, { import: "0123" }),
  id: () => token({}, { id: "0123" }),
  get: () => DatabricksToken.get("ci", "0123"),
  replaceOnChanges: () => token({}, { replaceOnChanges: ["comment"] }),
  customTimeouts: () => token({}, { customTimeouts: { create: "5m" } }),
  "id by a transform": () => {
    const set = ({ props, opts }) => ({ props, opts: { ...opts, id: "0123" } });
    token({}, { transformations: [set] });
  },
  "import by a transform": () => {
    const set = ({ props, opts }) => ({ props, opts: { ...opts, import: "0123" } });
    token({}, { transformations: [set] });
  },
  "own provider": () => token({ scopes: ["jobs"] }, { provider: nodejs() }),
  plain: () => token({ scopes: ["jobs"] }),
  none: () => undefined,
};
cases[process.env.CASE]();
`;

describe("options that can't be honoured, on the real engine", function () {
  this.timeout(300_000);
  let workspace: LocalWorkspace;
  let stack: Stack;

  before(async () => {
    workspace = await LocalWorkspace.start();
    stack = await Stack.ofSource(workspace, CASES);
    providesDatabricks(stack);
  });
  after(async () => {
    const leaks = stack?.leaks() ?? [];
    stack?.remove();
    await workspace.stop();
    assert.deepEqual(leaks, []);
  });
  afterEach(() => assert.deepEqual(workspace.tokens(), [], "nothing was minted, or all was revoked"));

  const refused: ReadonlyArray<[string, RegExp]> = [
    [
      "provider",
      /Token "ci": the option `provider` can't be honoured: a provider of the package databricks.*INVALID_INPUT/,
    ],
    ["inherited", /Token "ci": its parent was given a provider.*workspace: \{ host \}.*INVALID_INPUT/],
    ["inherited by an output", /property workspace .*must name one: its parent was given a provider/],
    ["import", /Token "ci": .*can't be imported.*shows a token's value once.*mints a new token.*INVALID_INPUT/],
    ["id", /Token "ci": .*can't be imported, nor read by its id.*INVALID_INPUT/],
    ["get", /Token "ci": .*can't be imported, nor read by its id.*INVALID_INPUT/],
    [
      "replaceOnChanges",
      /Token "ci": the option `replaceOnChanges` can't be honoured.*replacementTrigger.*INVALID_INPUT/,
    ],
    [
      "customTimeouts",
      /Token "ci": the option `customTimeouts` can't be honoured.*operationTimeoutSeconds.*INVALID_INPUT/,
    ],
    // Seen by the provider alone.
    ["id by a transform", /can't be imported, nor read by its id.*STATE_NOT_OURS/],
  ];
  for (const [name, pattern] of refused) {
    it(`${name}: refused at preview`, async () => {
      const { code, text } = await run(name, "preview");
      assert.notEqual(code, 0);
      assert.match(text, pattern);
      assert.doesNotMatch(text, /must be a string|Install the version/);
    });
  }

  it("an inherited provider is left out of it where the resource names its workspace; an entry needs none", async () => {
    const other = await LocalWorkspace.start();
    try {
      const file = join(stack.home, "other.cfg");
      writeFileSync(file, `[other]\nhost = ${other.host}\ntoken = ${other.admin.token}\n`);
      const netrc = join(stack.home, "netrc");
      Object.assign(stack.env, { OTHER_HOST: other.host, DATABRICKS_CONFIG_FILE: file, NETRC: netrc });
      await must("answered", "up");
      assert.equal(other.tokens().length, 1);
      assert.ok(readFileSync(netrc, "utf8").includes(other.tokens()[0]?.value ?? ""));
      await must("answered", "destroy");
      assert.deepEqual(other.tokens(), []);
    } finally {
      await other.stop();
    }
  });

  it("pulumi import, and `import` by a transform, end in the SDK's own words, which docs/limits.md explains", async () => {
    const words = "code must be a string, not undefined";
    assert.ok(readFileSync(join(ROOT, "docs", "limits.md"), "utf8").includes(words));
    const byTransform = await run("import by a transform", "preview");
    assert.notEqual(byTransform.code, 0);
    assert.ok(byTransform.text.includes(words), byTransform.text);
    stack.env.CASE = "none";
    const type = "pulumi-nodejs:dynamic/databricks:Token";
    const byCommand = await stack.run("import", type, "ci", "0123", "--yes", "--skip-preview");
    assert.notEqual(byCommand.code, 0);
    assert.ok(byCommand.text.includes(words), byCommand.text);
  });

  it("disable-default-providers: a provider of the package pulumi-nodejs is honoured, with the config it is given", async () => {
    await stack.must("config", "set", "--path", "pulumi:disable-default-providers[0]", "*");
    const { code, text } = await run("plain", "preview");
    assert.notEqual(code, 0);
    assert.match(text, /[Dd]efault provider/);
    stack.env.OWN_TOKEN = stack.env.DATABRICKS_TOKEN ?? "";
    stack.env.DATABRICKS_TOKEN = "";
    await must("own provider", "up");
    assert.equal(workspace.tokens().length, 1);
    assert.match((await must("own provider", "up")) ?? "", /3 unchanged/);
    await must("own provider", "destroy");
    await stack.must("config", "rm", "--path", "pulumi:disable-default-providers");
  });

  function run(name: string, command: string, ...args: string[]) {
    stack.env.CASE = name;
    return stack.run(command, ...args);
  }

  async function must(name: string, command: string): Promise<string> {
    stack.env.CASE = name;
    return stack.must(command, "--yes", "--skip-preview");
  }
});

/** A plugin of the name `databricks` that does nothing: a program that has such a provider needs one. */
function providesDatabricks(stack: Stack): void {
  const folder = join(stack.home, "bin");
  const path = join(folder, "pulumi-resource-databricks");
  const provider = join(ROOT, "node_modules", "@pulumi", "pulumi", "provider");
  mkdirSync(folder);
  writeFileSync(
    path,
    `#!/usr/bin/env node\nrequire(${JSON.stringify(provider)}).main({ version: "1.0.0" }, process.argv.slice(2));\n`,
  );
  chmodSync(path, 0o755);
  stack.env.PATH = `${folder}:${stack.env.PATH}`;
}
