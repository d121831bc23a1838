import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { pythonWithKeyring, pythonWithSdk } from "../clients/python";
import { SecretService } from "../clients/secret-service";
import { LocalWorkspace } from "../workspace";
import { ROOT, Stack } from "./stack";

const run = promisify(execFile);

describe("the examples of stores, on the real engine", function () {
  this.timeout(600_000);
  let workspace: LocalWorkspace;
  let folder: string;
  let stack: Stack | undefined;
  let service: SecretService | undefined;

  beforeEach(async () => {
    workspace = await LocalWorkspace.start();
    folder = realpathSync(mkdtempSync(join(tmpdir(), "pdt-examples-")));
  });
  afterEach(async () => {
    const leaks = stack?.leaks() ?? [];
    stack?.remove();
    await service?.stop();
    stack = service = undefined;
    rmSync(folder, { recursive: true });
    await workspace.stop();
    assert.deepEqual(leaks, []);
  });

  async function stackOf(name: string, env: Record<string, string>): Promise<Stack> {
    stack = await Stack.of(workspace, join(ROOT, "examples", name), [], env);
    return stack;
  }
  const lastCall = () => workspace.calls.findLast((call) => call.path === "/api/2.0/clusters/list");

  it("curl-netrc: curl takes the token from .netrc", async () => {
    const file = join(folder, "netrc");
    const { env, folder: cwd, up, destroy } = await stackOf("curl-netrc", { NETRC: file });
    assert.match(await up(), /machine\s*: "127\.0\.0\.1"/);
    const { stdout } = await run("sh", ["list-clusters.sh"], { cwd, env });
    assert.deepEqual(JSON.parse(stdout), { clusters: [] });
    assert.match(lastCall()?.userAgent ?? "", /^curl\//);
    assert.equal(lastCall()?.signedInWith, workspace.tokens()[0]?.tokenId);
    await destroy();
    assert.equal(existsSync(file), false);
  });

  it("databricks-cli-profile: the Python SDK signs in by the profile", async function () {
    const python = await pythonWithSdk();
    if (!python) this.skip();
    const file = join(folder, "cfg");
    const { env, folder: cwd, up, destroy } = await stackOf("databricks-cli-profile", { DATABRICKS_CONFIG_FILE: file });
    assert.match(await up(), /profile\s*: "pulumi-dev"/);
    // The reader has no sign-in but the profile.
    const { DATABRICKS_HOST: _, DATABRICKS_TOKEN: __, ...reader } = env;
    const { stdout } = await run(python, ["whoami.py"], { cwd, env: reader });
    assert.equal(stdout.trim(), workspace.admin.userName);
    await destroy();
    assert.equal(existsSync(file), false);
  });

  it("python-keyring: Python takes the token from the keyring", async function () {
    const python = await pythonWithKeyring();
    if (!python) this.skip();
    service = await SecretService.start();
    if (!service) this.skip();
    const { DBUS_SESSION_BUS_ADDRESS = "", XDG_RUNTIME_DIR = "" } = service.env;
    const example = await stackOf("python-keyring", { DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR });
    await example.up();
    // A home without Pulumi's plugins and state: the reader needs neither.
    const reader = { ...service.env, PATH: `${dirname(python)}:${example.env.PATH}` };
    const { stdout } = await run(python, ["list_clusters.py", workspace.host], { cwd: example.folder, env: reader });
    assert.equal(stdout.trim(), "{'clusters': []}");
    assert.equal(lastCall()?.signedInWith, workspace.tokens()[0]?.tokenId);
    await example.destroy();
    await assert.rejects(run(python, ["list_clusters.py", workspace.host], { cwd: example.folder, env: reader }));
  });
});
