import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Properties } from "../../provider/token/state";
import { Provider } from "../contract/provider";
import { pythonWithKeyring } from "./python";
import { SecretService } from "./secret-service";

const run = promisify(execFile);

describe("KeyringEntry on a real Secret Service, read by Python's keyring", function () {
  this.timeout(600_000);
  let service: SecretService | undefined;
  let provider: Provider;
  let python: string;

  beforeEach(async function () {
    const found = await pythonWithKeyring();
    if (!found) return this.skip();
    python = found;
    service = await SecretService.start();
    if (!service) return this.skip();
    provider = await Provider.start({ ...service.env, DATABRICKS_TOKENS_MACHINE_ID: "laptop" });
  });
  afterEach(async () => {
    provider?.stop();
    await service?.stop();
    service = undefined;
  });

  async function keyring(command: string, ...args: string[]): Promise<{ backend: string; value: string | null }> {
    const { stdout } = await run(python, [join(__dirname, "stores.py"), `keyring-${command}`, ...args], {
      env: service?.env,
    });
    return JSON.parse(stdout);
  }
  async function checked(news: Properties = {}): Promise<Properties> {
    const origin = { organization: "o", project: "p", stack: "s", name: "me" };
    const given = { origin, service: "databricks", username: "me", password: "first", ...news };
    const { inputs, failures } = await provider.check({}, given, "KeyringEntry");
    assert.deepEqual(failures, []);
    return inputs;
  }

  it("writes what Python reads, updates in place, marks drift, removes", async () => {
    const inputs = await checked();
    const { id, outs } = await provider.create(inputs);
    assert.deepEqual(await keyring("get", "databricks", "me"), { backend: "SecretService Keyring", value: "first" });
    assert.equal((await provider.diff(id, outs, inputs)).changes, false);
    assert.equal((await provider.read(id, outs)).props.drift, "");
    const value = `${randomBytes(500).toString("base64")} "quoted" 'blank' äöü €`;
    const { outs: updated } = await provider.update(id, outs, { ...inputs, password: value });
    assert.equal((await keyring("get", "databricks", "me")).value, value);
    await provider.delete(id, updated);
    assert.equal((await keyring("get", "databricks", "me")).value, null);
    assert.equal((await provider.read(id, updated)).props.drift, "gone");
    assert.equal(provider.stderr, "");
  });

  it("refuses what Python has set before; adopts it where told, and puts it back", async () => {
    await keyring("set", "databricks", "me", "of-before");
    await assert.rejects(provider.create(await checked()), /ENTRY_EXISTS/);
    const { id, outs } = await provider.create(await checked({ adopt: true }));
    assert.equal((await keyring("get", "databricks", "me")).value, "first");
    await provider.delete(id, outs);
    assert.equal((await keyring("get", "databricks", "me")).value, "of-before");
  });

  it("knows what this stack wrote under another URN: written over without adopt, and not put back with it", async () => {
    mkdirSync(join(service?.env["HOME"] ?? "", ".pulumi"));
    const before = await provider.create(await checked());
    for (const adopt of [false, true]) {
      const origin = { organization: "o", project: "p", stack: "s", name: "me", parent: `my:index:${adopt}` };
      const run = await Provider.start({ ...service?.env, DATABRICKS_TOKENS_MACHINE_ID: "laptop" });
      try {
        const given = { origin, service: "databricks", username: "me", password: `next-${adopt}`, adopt };
        const { inputs } = await run.check({}, given, "KeyringEntry");
        const { id, outs } = await run.create(inputs);
        assert.equal(outs.adopted, "");
        if (!adopt) await run.delete(before.id, before.outs);
        else await run.delete(id, outs);
      } finally {
        run.stop();
      }
    }
    assert.equal((await keyring("get", "databricks", "me")).value, null);
  });

  it("names two items of one name, which Python makes beside an entry that it did not make", async () => {
    const { id, outs } = await provider.create(await checked());
    await keyring("set", "databricks", "me", "foreign");
    await assert.rejects(provider.read(id, outs), /more than one such item.*ENTRY_AMBIGUOUS/);
    await assert.rejects(provider.update(id, outs, await checked({ password: "next" })), /ENTRY_AMBIGUOUS/);
    await provider.delete(id, outs);
    await provider.told(/left as it is.*ENTRY_AMBIGUOUS/);
  });

  it("says `locked` where the keyring is, and goes on once it is open", async function () {
    const locked = await SecretService.start({ locked: true });
    if (!locked) return this.skip();
    const lonely = await Provider.start({ ...locked.env, DATABRICKS_TOKENS_MACHINE_ID: "laptop" });
    try {
      const inputs = await checked();
      await assert.rejects(lonely.create(inputs), /unlock.*KEYRING_LOCKED/);
      await provider.create(inputs);
    } finally {
      lonely.stop();
      await locked.stop();
    }
  });
});
