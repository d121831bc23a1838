import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Properties } from "../../provider/token/state";
import { Provider } from "./provider";

const FIRST = "s3cret-number-one";
const NEXT = "s3cret-number-two";
const NEW_URN = { name: "moved", parent: "my:index:Part" };

/** Whose value stands at a place: this stack's, though the state that is asked does not know it, or somebody else's. */
describe("whose entry it is, over the provider's protocol", function () {
  this.timeout(60_000);
  let folder: string;
  let home: string;
  let kept: string;
  let provider: Provider;
  let providers: Provider[];

  async function start(): Promise<Provider> {
    const env = { HOME: home, PULUMI_HOME: join(folder, "pulumi"), DATABRICKS_TOKENS_MACHINE_ID: "laptop" };
    const started = await Provider.start(env);
    providers.push(started);
    return started;
  }
  beforeEach(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "pdt-ours-")));
    home = join(folder, "home");
    kept = join(folder, "pulumi", "databricks-tokens");
    mkdirSync(home);
    mkdirSync(join(folder, "pulumi"));
    providers = [];
    provider = await start();
  });
  afterEach(() => {
    for (const started of providers) started.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const netrc = (): string => readFileSync(join(home, ".netrc"), "utf8");
  const cfg = (): string => readFileSync(join(home, ".databrickscfg"), "utf8");
  async function checked(type: string, news: Properties, olds: Properties = {}, by = provider): Promise<Properties> {
    const { origin, ...rest } = news;
    const who = { organization: "o", project: "p", stack: "dev", name: "ci", ...(origin as object) };
    const { inputs, failures } = await by.check(olds, { ...rest, origin: who }, type);
    assert.deepEqual(failures, []);
    return inputs;
  }
  const entry = (password: string, more: Properties = {}): Properties => ({
    machine: "h.example.com",
    password,
    ...more,
  });
  async function created(news: Properties, by = provider) {
    return by.create(await checked("NetrcEntry", news, {}, by));
  }

  for (const adopt of [false, true]) {
    it(`a value of this stack under another URN is its own (adopt: ${adopt}): written over, never put back`, async () => {
      const old = await created(entry(FIRST));
      const run = await start();
      const moved = await created(entry(NEXT, { origin: NEW_URN, adopt }), run);
      assert.equal(moved.outs.adopted, "");
      await run.delete(old.id, old.outs);
      assert.ok(netrc().includes(NEXT) && !netrc().includes(FIRST));
      const later = await start();
      await later.delete(moved.id, moved.outs);
      assert.equal(existsSync(join(home, ".netrc")), false);
      assert.deepEqual(readdirSync(kept), [], "what was noted goes with the entries");
      assert.equal(run.stderr + later.stderr, "");
    });
  }

  it("so is a profile's, whatever host stands beside it", async () => {
    const profile = (token: string, host: string, more: Properties = {}): Properties => ({
      profile: "dev",
      host,
      token,
      ...more,
    });
    const inputs = await checked("DatabricksCfgProfile", profile(FIRST, "https://a.example.com"));
    const old = await provider.create(inputs);
    const news = profile(NEXT, "https://b.example.com", { origin: NEW_URN, adopt: true });
    const run = await start();
    const moved = await run.create(await checked("DatabricksCfgProfile", news, {}, run));
    await run.delete(old.id, old.outs);
    await run.delete(moved.id, moved.outs);
    assert.equal(existsSync(join(home, ".databrickscfg")), false);
  });

  it("another stack's, and what a person has written since, is not", async () => {
    await created(entry(FIRST));
    for (const origin of [{ stack: "prod" }, { project: "q" }, { organization: "x" }]) {
      await assert.rejects(created(entry(NEXT, { origin }), await start()), /alias.*ENTRY_EXISTS/);
    }
    writeFileSync(join(home, ".netrc"), netrc().replace(FIRST, "a-person's"));
    const next = await start();
    await assert.rejects(created(entry(NEXT, { origin: NEW_URN }), next), /ENTRY_EXISTS/);
    const adopting = await created(entry(NEXT, { origin: NEW_URN, adopt: true }), next);
    await next.delete(adopting.id, adopting.outs);
    assert.ok(netrc().includes("a-person's"));
  });

  it("what a killed run wrote after the state was saved is its own: a destroy removes it, an update does not warn", async () => {
    const { id, outs } = await created(entry(FIRST));
    await provider.update(id, outs, { ...outs, password: NEXT });
    const next = await start();
    const third = await next.update(id, outs, { ...outs, password: "s3cret-number-three" });
    await next.update(id, third.outs, { ...third.outs, password: NEXT });
    await next.delete(id, outs);
    assert.equal(existsSync(join(home, ".netrc")), false);
    assert.equal(next.stderr, "");
  });

  it("the notes hold no value, are for their owner alone, and are never needed", async () => {
    const { id, outs } = await created(entry(FIRST));
    const [name = "", ...more] = readdirSync(kept);
    assert.deepEqual(more, []);
    assert.equal(statSync(join(kept, name)).mode & 0o777, 0o600);
    assert.equal(statSync(kept).mode & 0o777, 0o700);
    assert.ok(!readFileSync(join(kept, name), "utf8").includes(FIRST));
    for (const spoil of [
      (path: string) => writeFileSync(path, "{"),
      (path: string) => execFileSync("mkfifo", [path]),
      () => rmSync(join(folder, "pulumi"), { recursive: true }),
    ]) {
      rmSync(join(kept, name), { force: true });
      spoil(join(kept, name));
      const next = await start();
      await next.update(id, { ...outs }, { ...outs, password: NEXT });
      await next.update(id, { ...outs, password: NEXT }, outs);
    }
    assert.equal(existsSync(join(folder, "pulumi")), false, "Pulumi's own folder is not ours to make");
    await provider.delete(id, outs);
    assert.equal(existsSync(join(home, ".netrc")), false);
  });

  it("two components may not have one place; a resource that moved with an alias says so once, in its state", async () => {
    await checked("NetrcEntry", entry(FIRST, { origin: { parent: "my:index:A" } }));
    const news = { ...entry(NEXT), origin: { organization: "o", project: "p", stack: "dev", name: "ci" } };
    const { failures } = await provider.check(
      {},
      { ...news, origin: { ...news.origin, parent: "my:index:B" } },
      "NetrcEntry",
    );
    assert.match(failures[0]?.reason ?? "", /already the place of NetrcEntry o\/p\/dev\/ci in my:index:A/);
    const next = await start();
    const { id, outs } = await created(entry(FIRST), next);
    const run = await start();
    const inputs = await checked("NetrcEntry", entry(FIRST, { origin: { parent: "my:index:A" } }), outs, run);
    assert.equal((await run.diff(id, outs, inputs)).changes, true);
    const moved = await run.update(id, outs, inputs);
    assert.equal((await run.diff(id, moved.outs, inputs)).changes, false);
    const renaming = await start();
    const renamed = await checked("NetrcEntry", entry(FIRST, { origin: { stack: "prod" } }), moved.outs, renaming);
    assert.equal((await renaming.diff(id, moved.outs, renamed)).changes, true, "the stack has another name");
    await renaming.update(id, moved.outs, renamed);
    assert.equal(readdirSync(kept).length, 1, "nothing is noted under the name of before");
  });

  describe("a profile without anything that signs in is nobody's", () => {
    const profile = (more: Properties = {}): Properties => ({
      profile: "DEFAULT",
      host: "https://h.example.com",
      token: FIRST,
      ...more,
    });
    for (const [name, text] of [
      ["the CLI's own file", "; The profile defined in the DEFAULT section is to be used as a fallback.\n[DEFAULT]\n"],
      ["an empty [DEFAULT] without a newline", "[DEFAULT]"],
      ["one with a host alone", "[DEFAULT]\nhost = https://other.example.com\n\n[a]\ntoken = x\n"],
      ["one with a host, a cluster and an empty token", "[DEFAULT]\r\nhost = h\r\ncluster_id = 1\r\ntoken =\r\n"],
    ] as const) {
      it(`${name}: filled without adopt, and as it was after destroy`, async () => {
        writeFileSync(join(home, ".databrickscfg"), text, { mode: 0o600 });
        const { id, outs } = await provider.create(await checked("DatabricksCfgProfile", profile()));
        assert.ok(cfg().includes(`token = ${FIRST}`) || cfg().includes(`token =${FIRST}`));
        await provider.delete(id, outs);
        assert.equal(cfg(), text);
      });
    }

    it("one that signs in by a token or another way is somebody's", async () => {
      for (const line of ["token = theirs", "auth_type = databricks-cli", "client_id = 1", "username = u"]) {
        const text = `[DEFAULT]\nhost = https://h.example.com\n${line}\n`;
        writeFileSync(join(home, ".databrickscfg"), text, { mode: 0o600 });
        await assert.rejects(provider.create(await checked("DatabricksCfgProfile", profile())), /ENTRY_EXISTS/);
        assert.equal(cfg(), text);
      }
    });
  });
});
