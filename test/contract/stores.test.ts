import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { delegateText } from "../../provider/pulumi/delegate";
import type { Properties } from "../../provider/pulumi/wire";
import { Provider } from "./provider";

const SECRET = "s3cret-of-the-test";
const NEXT = "s3cret-of-the-next";

/** The stores of a machine through the real dynamic-provider process; its home is a folder of the test's own. */
describe("stores over the provider's protocol", function () {
  this.timeout(60_000);
  let home: string;
  let provider: Provider;
  let providers: Provider[];
  const file = (name = ".netrc"): string => join(home, name);
  const text = (name?: string): string => readFileSync(file(name), "utf8");
  const mode = (name?: string): number => statSync(file(name)).mode & 0o777;
  const origin = (name = "ci") => ({ organization: "organization", project: "p", stack: "dev", name });

  async function start(env: Record<string, string> = {}): Promise<Provider> {
    const started = await Provider.start({
      HOME: home,
      DATABRICKS_TOKENS_MACHINE_ID: "laptop",
      DATABRICKS_LOCK_TIMEOUT_SECONDS: "1",
      ...env,
    });
    providers.push(started);
    return started;
  }

  beforeEach(async () => {
    home = realpathSync(mkdtempSync(join(tmpdir(), "pdt-stores-")));
    providers = [];
    provider = await start();
  });
  afterEach(() => {
    for (const started of providers) {
      started.stop();
      for (const value of [SECRET, NEXT]) assert.ok(!started.stderr.includes(value), "stderr holds a value");
    }
    rmSync(home, { recursive: true, force: true });
  });

  /** As the engine does: the inputs that failed their check are not created. */
  async function checked(type: string, news: Properties, olds: Properties = {}, by = provider): Promise<Properties> {
    const { inputs, failures } = await by.check(olds, { origin: origin(), ...news }, type);
    assert.deepEqual(failures, []);
    return inputs;
  }
  async function created(type: string, news: Properties) {
    const inputs = await checked(type, news);
    return { ...(await provider.create(inputs)), inputs };
  }
  async function updated(id: string, type: string, olds: Properties, news: Properties, by = provider) {
    const inputs = await checked(type, news, olds, by);
    const { changes, replaces } = await by.diff(id, olds, inputs);
    assert.deepEqual(replaces, []);
    return { changes, inputs, ...(changes ? await by.update(id, olds, inputs) : { outs: olds }) };
  }
  async function failures(type: string, news: Properties): Promise<string[]> {
    const answer = await provider.check({}, { origin: origin(), ...news }, type);
    return answer.failures.map(({ property, reason }) => `${property}: ${reason}`);
  }
  const netrc = (news: Properties = {}): Properties => ({ machine: "h.example.com", password: SECRET, ...news });
  const profile = (news: Properties = {}): Properties => ({
    profile: "dev",
    host: "https://h.example.com",
    token: SECRET,
    ...news,
  });

  for (const [type, name, args, other, key] of [
    ["NetrcEntry", ".netrc", netrc, "machine a.example.com login x password y # mine\n", "password"],
    ["DatabricksCfgProfile", ".databrickscfg", profile, "[a]\nhost = https://a.example.com\n; mine\n", "token"],
  ] as const) {
    describe(type, () => {
      it("writes, changes nothing twice, updates in place, removes", async () => {
        writeFileSync(file(name), other, { mode: 0o600 });
        const { id, outs, inputs } = await created(type, args());
        assert.equal(id, outs.nonce);
        assert.equal(mode(name), 0o600);
        assert.ok(text(name).startsWith(other) && text(name).includes(SECRET));
        assert.equal(outs.file, file(name));
        assert.equal((await provider.diff(id, outs, inputs)).changes, false);
        const next = await updated(id, type, outs, args({ [key]: NEXT }));
        assert.ok(text(name).includes(NEXT) && !text(name).includes(SECRET));
        await provider.delete(id, next.outs);
        assert.equal(text(name), other);
        assert.equal(provider.stderr, "");
        assert.deepEqual(readdirSync(home), [name], "nothing is left beside the file");
      });

      it("creates the file for its owner alone, and removes it when nothing is left in it", async () => {
        const { id, outs } = await created(type, args());
        assert.equal(mode(name), 0o600);
        await provider.delete(id, outs);
        assert.equal(existsSync(file(name)), false);
        await provider.delete(id, outs);
      });

      it("tightens an open file, with a warning", async () => {
        writeFileSync(file(name), other);
        chmodSync(file(name), 0o644);
        await created(type, args());
        assert.equal(mode(name), 0o600);
        await provider.told(/0644/);
      });

      it("refuses what was there before; adopts it where told, and puts it back byte for byte", async () => {
        const { id, outs } = await created(type, args({ [key]: "of-before" }));
        const before = text(name);
        const second = await start();
        const inputs = await checked(type, args(), {}, second);
        await assert.rejects(second.create(inputs), /ENTRY_EXISTS/);
        assert.equal(text(name), before);
        const adopting = await checked(type, args({ adopt: true }), {}, second);
        const adopted = await second.create(adopting);
        assert.notEqual(text(name), before);
        await second.delete(adopted.id, adopted.outs);
        assert.equal(text(name), before);
        await provider.delete(id, outs);
        assert.equal(existsSync(file(name)), false);
      });

      it("takes what a killed run wrote for its own", async () => {
        const first = await created(type, args());
        const second = await start();
        const again = await second.create(await checked(type, args(), {}, second));
        assert.notEqual(again.id, first.id);
        await second.delete(again.id, again.outs);
        assert.equal(existsSync(file(name)), false);
      });

      it("sees what was changed or removed elsewhere, and writes it again", async () => {
        const { id, outs, inputs } = await created(type, args());
        const written = text(name);
        writeFileSync(file(name), written.replace(SECRET, "foreign"));
        const { props } = await provider.read(id, outs);
        assert.equal(props.drift, "changed");
        assert.equal(props[key], SECRET, "a foreign value does not enter the state");
        assert.equal((await provider.diff(id, props, inputs)).changes, true);
        const mended = await provider.update(id, props, inputs);
        assert.equal(text(name), written);
        assert.equal(mended.outs.drift, "");
        rmSync(file(name));
        assert.equal((await provider.read(id, mended.outs)).props.drift, "gone");
        await provider.update(id, mended.outs, inputs);
        assert.equal(text(name), written);
      });

      it("leaves on destroy what no longer holds what the stack wrote, with a warning", async () => {
        const { id, outs } = await created(type, args());
        writeFileSync(file(name), text(name).replace(SECRET, "foreign"));
        await provider.delete(id, outs);
        assert.match(text(name), /foreign/);
        await provider.told(/left as it is/);
      });

      it("moves: the new entry first, then the old one goes", async () => {
        const { id, outs } = await created(type, args());
        const moved = await updated(id, type, outs, args({ path: "~/sub/other" }));
        assert.equal(existsSync(file(name)), false);
        assert.ok(text("sub/other").includes(SECRET));
        assert.equal(moved.outs.file, file("sub/other"));
        // The old place can't be emptied: the next run does it.
        writeFileSync(file(name), other, { mode: 0o600 });
        const back = await provider.update(id, moved.outs, await checked(type, args(), moved.outs));
        chmodSync(file(name), 0o400);
        const failing = provider.update(id, back.outs, await checked(type, args({ path: file("third") }), back.outs));
        const saved = await failing.then(
          () => assert.fail("it must fail"),
          (error) => error,
        );
        assert.match(saved.message, /read-only.*STORE_WRITE_FAILED/);
        assert.equal(saved.id, id);
        assert.equal(saved.properties.file, file("third"));
        chmodSync(file(name), 0o600);
        const wish = await checked(type, args({ path: file("third") }), saved.properties);
        assert.equal((await provider.diff(id, saved.properties, wish)).changes, true);
        const { outs: done } = await provider.update(id, saved.properties, wish);
        assert.equal(text(name), other);
        assert.deepEqual(done.leftovers, []);
      });

      it("says `not here` on another machine, and touches nothing there", async () => {
        const { id, outs } = await created(type, args());
        const elsewhere = await start({ DATABRICKS_TOKENS_MACHINE_ID: "runner" });
        rmSync(file(name));
        const { props } = await elsewhere.read(id, outs);
        assert.equal(props.drift, "");
        const next = await updated(id, type, props, args({ [key]: NEXT }), elsewhere);
        assert.equal(next.changes, true);
        assert.equal(next.outs[key], SECRET, "the outputs say what holds");
        await elsewhere.delete(id, next.outs);
        await elsewhere.told(/is not here/, 3);
        assert.deepEqual(readdirSync(home), []);
        // Back on its own machine the next `up` finishes.
        const home2 = await updated(id, type, next.outs, args({ [key]: NEXT }));
        assert.ok(text(name).includes(NEXT));
        assert.equal(home2.outs[key], NEXT);
      });

      it("refuses two entries for one place, and hands the place of a renamed one over", async () => {
        const { id, outs } = await created(type, args());
        const clash = await failures(type, args({ origin: origin("second") }));
        assert.match(clash.join(), /already the place of .*dev\/ci/);
        const next = await start();
        const renamed = await next.create(await checked(type, args({ origin: origin("new") }), {}, next));
        await next.delete(id, outs);
        assert.ok(text(name).includes(SECRET));
        await next.delete(renamed.id, renamed.outs);
        assert.equal(existsSync(file(name)), false);
      });

      it("refuses a folder, a broken link, a link out of the home folder; follows one inside", async () => {
        mkdirSync(file("folder"));
        assert.match((await failures(type, args({ path: "~/folder" }))).join(), /path: .*folder.*STORE_PATH_REFUSED/);
        assert.match((await failures(type, args({ path: "~/folder\n" }))).join(), /path: .*control characters/);
        assert.match((await failures(type, args({ path: "~me/entries" }))).join(), /path: must be ~\//);
        const outside = mkdtempSync(join(tmpdir(), "pdt-outside-"));
        try {
          writeFileSync(join(outside, "target"), "");
          for (const [link, target] of [
            ["out", join(outside, "target")],
            ["broken", join(home, "none")],
            ["dir", outside],
          ] as const) {
            symlinkSync(target, file(link));
          }
          for (const path of ["~/out", "~/broken", "~/dir/target", "~/dir/new"]) {
            assert.match((await failures(type, args({ path }))).join(), /path: .*STORE_PATH_REFUSED/, path);
          }
          assert.equal(readFileSync(join(outside, "target"), "utf8"), "");
          await created(type, args({ path: join(outside, "target") }));
          assert.ok(readFileSync(join(outside, "target"), "utf8").includes(SECRET), "named itself it is meant");
        } finally {
          rmSync(outside, { recursive: true });
        }
        writeFileSync(file("real"), "", { mode: 0o600 });
        symlinkSync("real", file("inside"));
        const { id, outs } = await created(type, args({ path: "~/inside", origin: origin("inside") }));
        assert.ok(text("real").includes(SECRET));
        await provider.delete(id, outs);
        assert.equal(text("real"), "", "the link still leads somewhere");
      });

      it("names what keeps it from writing, leaves the file as it was, and goes on later", async () => {
        writeFileSync(file(name), other, { mode: 0o400 });
        const inputs = await checked(type, args());
        await assert.rejects(provider.create(inputs), /read-only.*STORE_WRITE_FAILED/);
        chmodSync(file(name), 0o600);
        const holder = { host: "elsewhere", boot: "", space: "", pid: 1, start: "", id: "x" };
        const lock = `${file(name)}.databricks-tokens.lock`;
        writeFileSync(lock, JSON.stringify(holder));
        await assert.rejects(provider.create(inputs), /process 1 on elsewhere.*STORE_LOCKED/);
        assert.equal(text(name), other);
        rmSync(lock);
        await provider.create(inputs);
        assert.ok(text(name).includes(SECRET));
      });

      it("lets what is unknown in a preview through", async () => {
        const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
        const { id, outs } = await created(type, args());
        for (const property of [...Object.keys(args()), "path"]) {
          const inputs = await checked(type, args({ [property]: unknown }), outs);
          assert.equal((await provider.diff(id, outs, inputs)).changes, true);
        }
      });
    });
  }

  it("netrc: cuts a URL down to its host, and refuses what no reader would find", async () => {
    for (const [given, host] of [
      ["https://ADB-1.2.azuredatabricks.net/?o=1", "adb-1.2.azuredatabricks.net"],
      ["http://127.0.0.1:8080", "127.0.0.1"],
      ["h.example.com:443", "h.example.com"],
      ["https://[::1]:8", "::1"],
    ] as const) {
      assert.equal((await checked("NetrcEntry", netrc({ machine: given }))).machine, host);
    }
    for (const machine of ["", "a b", "default", "https://u:p@h", "a\nb", 5]) {
      assert.match((await failures("NetrcEntry", netrc({ machine: machine as string }))).join(), /^machine: /);
    }
    assert.match((await failures("NetrcEntry", netrc({ login: "a:b" }))).join(), /^login: .*colon/);
    assert.match((await failures("NetrcEntry", netrc({ password: "a\nb" }))).join(), /^password: .*control/);
    assert.match((await failures("NetrcEntry", { machine: "h" })).join(), /^password: is required/);
    assert.match((await failures("NetrcEntry", netrc({ adopt: "yes" }))).join(), /^adopt: /);
  });

  it("netrc: goes where NETRC says; a profile where DATABRICKS_CONFIG_FILE says", async () => {
    const other = await start({ NETRC: file("n"), DATABRICKS_CONFIG_FILE: file("d") });
    assert.equal((await checked("NetrcEntry", netrc(), {}, other)).file, file("n"));
    assert.equal((await checked("DatabricksCfgProfile", profile(), {}, other)).file, file("d"));
  });

  it("profile: refuses names, hosts and tokens that readers treat differently", async () => {
    assert.match((await failures("DatabricksCfgProfile", profile({ profile: "a]b" }))).join(), /^profile: /);
    assert.match((await failures("DatabricksCfgProfile", profile({ host: "http://h" }))).join(), /INVALID_HOST/);
    assert.match((await failures("DatabricksCfgProfile", profile({ token: "a #b" }))).join(), /^token: /);
  });

  it("profile: keeps what somebody added to it, with a warning", async () => {
    const { id, outs } = await created("DatabricksCfgProfile", profile());
    writeFileSync(file(".databrickscfg"), `${text(".databrickscfg")}cluster_id = 1\n`);
    await provider.delete(id, outs);
    assert.equal(text(".databrickscfg"), "[dev]\ncluster_id = 1\n");
    await provider.told(/only those two were removed/);
  });

  it("keyring: an error that says what to install where there is none; never a file", async () => {
    for (const env of [{}, { DBUS_SESSION_BUS_ADDRESS: `unix:path=${file("none")}` }]) {
      const lonely = await start(env as Record<string, string>);
      const news = { service: "s", username: "u", password: SECRET };
      const inputs = await checked("KeyringEntry", news, {}, lonely);
      await assert.rejects(lonely.create(inputs), /install gnome-keyring.*KEYRING_UNAVAILABLE/);
    }
    assert.deepEqual(readdirSync(home), []);
  });

  it("keeps the delegate's text small and constant in form", () => {
    assert.ok(Buffer.byteLength(delegateText("DatabricksCfgProfile")) < 1200);
  });
});
