import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { Provider } from "../contract/provider";
import { Packed } from "../engine/package";
import { ROOT } from "../engine/stack";
import { LocalWorkspace } from "../workspace";
import { cachedPackages } from "./cached";
import { FLOOR } from "./types";

/** The lowest SDK that package.json admits, its dynamic provider and its resources. */
describe("the lowest @pulumi/pulumi", function () {
  this.timeout(300_000);
  let modules: string;

  before(async function () {
    const found = await cachedPackages("types-floor", [...FLOOR.packages, `typescript@${FLOOR.typescript}`]);
    if (!found) this.skip();
    modules = found;
  });

  it("is the one that the peer range begins with", () => {
    const { peerDependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    const { version } = JSON.parse(readFileSync(join(modules, "@pulumi", "pulumi", "package.json"), "utf8"));
    assert.equal(peerDependencies["@pulumi/pulumi"], `^${version}`);
  });

  it("mints, changes, rotates and revokes, signed in by the stack's config", async () => {
    const workspace = await LocalWorkspace.start();
    const config = { "databricks:host": workspace.host, "databricks:token": workspace.admin.token };
    const provider = await Provider.start({}, config, modules);
    try {
      const origin = { organization: "organization", project: "p", stack: "dev", name: "ci" };
      const { inputs, failures } = await provider.check({}, { origin, scopes: ["jobs"] });
      assert.deepEqual(failures, []);
      const { id, outs } = await provider.create(inputs);
      const next = { ...inputs, comment: "x", triggers: { release: "2" } };
      assert.equal((await provider.diff(id, outs, next)).changes, true);
      const { outs: rotated } = await provider.update(id, outs, next);
      assert.notEqual(rotated.tokenId, outs.tokenId);
      const { props } = await provider.read(id, rotated);
      assert.equal(workspace.isAlive(String(props.tokenValue)), true);
      await provider.delete(id, props);
      assert.deepEqual(workspace.tokens(), []);
    } finally {
      provider.stop();
      await workspace.stop();
    }
  });

  it("takes every resource of the package, under its mocks", async () => {
    const packed = await Packed.pack();
    try {
      const place = packed.project("oldest", "");
      await packed.install(place);
      rmSync(join(place, "node_modules", "@pulumi"));
      symlinkSync(join(modules, "@pulumi"), join(place, "node_modules", "@pulumi"));
      writeFileSync(join(place, "index.js"), EVERY_RESOURCE);
      const { stdout } = await promisify(execFile)(process.execPath, ["index.js"], { cwd: place });
      assert.deepEqual(JSON.parse(stdout), {
        sdk: "3.139.0",
        types: ["DatabricksCfgProfile", "KeyringEntry", "NetrcEntry", "Secret", "SecretScope", "Token"],
        origin: { organization: "organization", project: "project", stack: "stack", name: "ci" },
      });
    } finally {
      packed.remove();
    }
  });
});

const EVERY_RESOURCE = `
const pulumi = require("@pulumi/pulumi");
const registered = [];
const newResource = (made) => (registered.push(made), { id: "x", state: made.inputs });
Promise.resolve(pulumi.runtime.setMocks({ newResource, call: ({ inputs }) => inputs })).then(async () => {
  const all = require("pulumi-databricks-tokens");
  const token = new all.DatabricksToken("ci");
  const scope = new all.SecretScope("ci", { name: "ci" });
  const value = "a token";
  const made = [
    token,
    scope,
    new all.Secret("ci", { scope: scope.name, key: "ci", stringValue: value }),
    new all.NetrcEntry("ci", { machine: "h", password: value }),
    new all.DatabricksCfgProfile("ci", { profile: "ci", host: "https://h", token: value }),
    new all.KeyringEntry("ci", { service: "s", username: "u", password: value }),
  ];
  await Promise.all(made.map((resource) => new Promise((done) => resource.urn.apply(done))));
  const types = registered.map(({ type }) => type.replace("pulumi-nodejs:dynamic/databricks:", "")).sort();
  const { origin } = registered.find(({ type }) => type.endsWith(":Token")).inputs;
  const sdk = require("@pulumi/pulumi/package.json").version;
  process.stdout.write(JSON.stringify({ sdk, types, origin }));
});
`;
