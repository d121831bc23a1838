import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SecretService } from "../clients/secret-service";
import { LocalWorkspace } from "../workspace";
import { Stack } from "./stack";

/** What can be wrong with a store when a rotation comes to it, and how it is put right. */
interface Trouble {
  readonly code: RegExp;
  begin(): void | Promise<void>;
  end(): void | Promise<void>;
}

const program = (store: string): string => `
const { DatabricksToken, NetrcEntry, DatabricksCfgProfile, KeyringEntry } = require("pulumi-databricks-tokens");
const ci = new DatabricksToken("ci", JSON.parse(process.env.ARGS || "{}"));
${store}
module.exports = { token: ci.tokenValue };
`;
const NETRC = `new NetrcEntry("store", { machine: ci.host, password: ci.tokenValue });`;
const PROFILE = `new DatabricksCfgProfile("store", { profile: "dev", host: ci.host, token: ci.tokenValue });`;
const KEYRING = `new KeyringEntry("store", { service: "databricks", username: "ci", password: ci.tokenValue });`;

describe("a store that fails in a rotation, on the real engine", function () {
  this.timeout(300_000);
  let workspace: LocalWorkspace;
  let stack: Stack | undefined;
  let folder: string;

  beforeEach(async () => {
    workspace = await LocalWorkspace.start();
    folder = realpathSync(mkdtempSync(join(tmpdir(), "pdt-failing-")));
  });
  afterEach(async () => {
    const leaks = stack?.leaks() ?? [];
    stack?.remove();
    stack = undefined;
    rmSync(folder, { recursive: true, force: true });
    await workspace.stop();
    assert.deepEqual(leaks, [], "places that hold a token in clear");
  });

  /** The old token lives on, nothing is minted twice, and the next `up` brings the new one to the store. */
  async function survives(store: string, env: Record<string, string>, { code, begin, end }: Trouble): Promise<void> {
    stack = await Stack.ofSource(workspace, program(store), { DATABRICKS_TOKENS_MACHINE_ID: "laptop", ...env });
    const { env: around } = stack;
    const release = (name: string): void => {
      around.ARGS = JSON.stringify({ lifetimeSeconds: 600, triggers: { release: name } });
    };
    release("1");
    await stack.up();
    const [first] = workspace.tokens();
    release("2");
    await begin();
    try {
      const failed = await stack.run("up", "--yes", "--skip-preview");
      assert.notEqual(failed.code, 0);
      assert.match(failed.text, code);
      assert.equal(workspace.isAlive(first?.value ?? ""), true, "whoever reads the store still gets a working token");
    } finally {
      await end();
    }
    await stack.up();
    assert.equal(workspace.tokens().length, 2, "no third one was minted");
    assert.match(await stack.up(), /3 unchanged/, "the store has come to rest with the new one");
    await stack.destroy();
    assert.equal(workspace.tokens().length, 0);
  }

  for (const [title, store, variable, name] of [
    [".netrc", NETRC, "NETRC", "netrc"],
    [".databrickscfg", PROFILE, "DATABRICKS_CONFIG_FILE", "cfg"],
  ] as const) {
    it(`${title} that may not be written`, async () => {
      const file = join(folder, name);
      await survives(
        store,
        { [variable]: file },
        {
          code: /STORE_WRITE_FAILED/,
          begin: () => chmodSync(file, 0o400),
          end: () => chmodSync(file, 0o600),
        },
      );
    });

    it(`${title} on a disk that is full`, async function () {
      const disk = join(folder, "disk");
      mkdirSync(disk);
      try {
        execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], { stdio: "ignore" });
      } catch {
        return this.skip();
      }
      try {
        const [file, ballast] = [join(disk, name), join(disk, "ballast")];
        await survives(
          store,
          { [variable]: file },
          {
            code: /STORE_WRITE_FAILED/,
            begin: () => {
              const { bavail, bsize } = statfsSync(disk);
              writeFileSync(ballast, Buffer.alloc(bavail * bsize));
            },
            end: () => rmSync(ballast),
          },
        );
      } finally {
        execFileSync("umount", [disk]);
      }
    });
  }

  it("a keyring that is locked", async function () {
    const service = await SecretService.start();
    if (!service) return this.skip();
    try {
      const { DBUS_SESSION_BUS_ADDRESS = "", XDG_RUNTIME_DIR = "" } = service.env;
      await survives(
        KEYRING,
        { DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR },
        {
          code: /KEYRING_LOCKED/,
          begin: () => service.lock(),
          end: () => service.unlock(),
        },
      );
    } finally {
      await service.stop();
    }
  });
});
