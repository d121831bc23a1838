import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Properties } from "../../provider/token/state";
import { Provider } from "./provider";

const SECRET = "s3cret-of-the-silent-bus";

/** A session bus that takes connections and never says a word: the native library waits for it for ever. */
describe("a keyring that does not answer", function () {
  this.timeout(60_000);
  let home: string;
  let provider: Provider;
  let bus: Server;
  let callers: Set<Socket>;

  beforeEach(async function () {
    if (process.platform !== "linux") return this.skip();
    home = mkdtempSync(join(tmpdir(), "pdt-silent-"));
    callers = new Set();
    bus = createServer((socket) => {
      callers.add(socket);
      socket.on("error", () => undefined).on("close", () => callers.delete(socket));
      socket.resume();
    });
    await new Promise<void>((done) => bus.listen(join(home, "bus"), done));
    provider = await Provider.start({
      HOME: home,
      XDG_STATE_HOME: join(home, "state"),
      DATABRICKS_TOKENS_MACHINE_ID: "laptop",
      DATABRICKS_LOCK_TIMEOUT_SECONDS: "10",
      DBUS_SESSION_BUS_ADDRESS: `unix:path=${join(home, "bus")}`,
    });
  });
  afterEach(() => {
    provider?.stop();
    for (const socket of callers ?? []) socket.destroy();
    bus?.close();
    if (home) rmSync(home, { recursive: true, force: true });
  });

  async function checked(type: string, news: Properties): Promise<Properties> {
    const origin = { organization: "o", project: "p", stack: "s", name: "ci" };
    const { inputs, failures } = await provider.check({}, { origin, ...news }, type);
    assert.deepEqual(failures, []);
    return inputs;
  }
  const entry = () => checked("KeyringEntry", { service: "s", username: "u", password: SECRET });
  async function until(found: () => boolean): Promise<void> {
    for (let tries = 0; tries < 500 && !found(); tries += 1) await sleep(20);
    assert.ok(found());
  }

  it("costs no other operation anything, and ends in KEYRING_UNAVAILABLE; nobody sees the value meanwhile", async () => {
    const waiting = provider.create(await entry());
    let ended = false;
    const failure = assert.rejects(waiting, /does not answer.*KEYRING_UNAVAILABLE/).finally(() => {
      ended = true;
    });
    await until(() => callers.size > 0);
    const other = await provider.create(await checked("NetrcEntry", { machine: "h.example.com", password: "other" }));
    assert.ok(readFileSync(join(home, ".netrc"), "utf8").includes("other"));
    await provider.delete(other.id, other.outs);
    assert.equal(ended, false, "the other operations did not wait for it");
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      for (const what of ["cmdline", "environ"]) assert.ok(!of(pid, what).includes(SECRET), `${what} of ${pid}`);
    }
    await failure;
    await until(() => callers.size === 0);
    await assert.rejects(provider.create(await entry()), /does not answer.*KEYRING_UNAVAILABLE/);
    assert.equal(callers.size, 0, "a second one does not wait anew");
  });

  it("leaves no process behind when the plugin is killed", async () => {
    const waiting = provider.create(await entry()).catch(() => undefined);
    await until(() => callers.size > 0);
    provider.stop();
    await waiting;
    await until(() => callers.size === 0);
  });
});

function of(pid: string, what: string): string {
  try {
    return readFileSync(`/proc/${pid}/${what}`, "latin1");
  } catch {
    return "";
  }
}
