import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NetrcDocument } from "../../provider/stores/netrc-document";
import { ProfileDocument } from "../../provider/stores/profile-document";
import { LocalWorkspace } from "../workspace";
import { Stack } from "./stack";

/** A token and all that holds it: at the root, or in a component; under a name of the environment's. */
const PROGRAM = `
const pulumi = require("@pulumi/pulumi");
const { DatabricksToken, NetrcEntry, DatabricksCfgProfile, Secret, SecretScope } = require("pulumi-databricks-tokens");
class Part extends pulumi.ComponentResource {
  constructor(type) { super("test:index:" + type, "part-" + type); }
}
const { PART, NAME, ADOPT, ALIAS, TWICE } = process.env;
const opts = {
  ...(PART && { parent: new Part(PART) }),
  ...(ALIAS && { aliases: [{ parent: pulumi.rootStackResource }] }),
};
const adopt = ADOPT === "yes";
const token = new DatabricksToken(NAME, {}, opts);
new NetrcEntry(NAME, { machine: token.host, password: token.tokenValue, adopt }, opts);
new DatabricksCfgProfile(NAME, { profile: "dev", host: token.host, token: token.tokenValue, adopt }, opts);
const scope = new SecretScope(NAME, { name: "moving" }, opts);
new Secret(NAME, { scope: scope.name, key: "token", stringValue: token.tokenValue, adopt }, opts);
if (TWICE) for (const name of ["one", "two"]) {
  new NetrcEntry("same", { machine: "twice.example.com", password: "x" + name }, { parent: new Part(name) });
}
`;

describe("entries that move together with their token, on the real engine", function () {
  this.timeout(300_000);
  let workspace: LocalWorkspace;
  let stack: Stack;
  let folder: string;
  let netrc: string;
  let cfg: string;

  beforeEach(async () => {
    workspace = await LocalWorkspace.start();
    folder = realpathSync(mkdtempSync(join(tmpdir(), "pdt-engine-moved-")));
    netrc = join(folder, "netrc");
    cfg = join(folder, "cfg");
    stack = await Stack.ofSource(workspace, PROGRAM, {
      NAME: "ci",
      NETRC: netrc,
      DATABRICKS_CONFIG_FILE: cfg,
      DATABRICKS_TOKENS_MACHINE_ID: "laptop",
    });
  });
  afterEach(async () => {
    const leaks = stack.leaks();
    stack.remove();
    rmSync(folder, { recursive: true });
    await workspace.stop();
    assert.deepEqual(leaks, [], "places that hold a token in clear");
  });

  /** The one token that lives, in every place that should have it. */
  function assertEverywhere(): string {
    const [token, ...more] = workspace.tokens();
    assert.ok(token && more.length === 0, `${more.length + 1} tokens live`);
    assert.equal(new NetrcDocument(readFileSync(netrc, "utf8")).value("127.0.0.1")?.password, token.value);
    assert.equal(new ProfileDocument(readFileSync(cfg, "utf8")).value("dev")?.token, token.value);
    assert.equal(workspace.secrets.value("moving", "token"), token.value);
    return token.value;
  }
  async function adopted(): Promise<unknown[]> {
    const { resources } = await stack.deployment();
    return resources.map(({ outputs }) => outputs?.["adopted"]).filter((value) => value !== undefined && value !== "");
  }

  for (const ADOPT of ["no", "yes"]) {
    it(`from the root into a component, to another, back, under another name (adopt: ${ADOPT}): nothing is stuck, nothing dead comes back`, async () => {
      stack.env.ADOPT = ADOPT;
      await stack.up();
      const values = new Set([assertEverywhere()]);
      for (const place of [{ PART: "web" }, { PART: "db" }, { PART: "" }, { NAME: "other" }]) {
        Object.assign(stack.env, place);
        await stack.up();
        values.add(assertEverywhere());
        assert.deepEqual(await adopted(), [], "a value that this stack wrote is kept as somebody's");
      }
      assert.equal(values.size, 5, "each move made a token of its own");
      await stack.refresh();
      assert.match(await stack.up(), /unchanged/);
      await stack.destroy();
      assert.equal(existsSync(netrc), false);
      assert.equal(existsSync(cfg), false);
      assert.equal(workspace.secrets.value("moving", "token"), undefined);
      assert.equal(workspace.tokens().length, 0);
    });
  }

  it("with an alias the token and what was adopted go along, and come back at the end", async () => {
    const before = "machine 127.0.0.1 login me password value-of-before\n";
    writeFileSync(netrc, before, { mode: 0o600 });
    stack.env.ADOPT = "yes";
    await stack.up();
    const value = assertEverywhere();
    Object.assign(stack.env, { PART: "web", ALIAS: "yes" });
    await stack.up();
    assert.equal(assertEverywhere(), value);
    const text = await stack.up();
    assert.match(text, /7 unchanged/);
    const urn = (await stack.deployment()).resources.find(({ type }) => type.endsWith(":NetrcEntry"))?.urn ?? "";
    assert.doesNotMatch(await stack.up("--replace", urn), /another resource's/);
    await stack.destroy();
    assert.equal(readFileSync(netrc, "utf8"), before);
  });

  it("entries of one name in two components for one place are refused at preview", async () => {
    stack.env.TWICE = "yes";
    const { code, text } = await stack.run("preview");
    assert.notEqual(code, 0);
    assert.match(
      text,
      /already the place of NetrcEntry organization\/[^/]+\/dev\/same in test:index:(one|two): one place, one resource/,
    );
  });
});
