import assert from "node:assert/strict";
import type { Properties } from "../../provider/pulumi/wire";
import { LocalWorkspace } from "../workspace";
import { Provider, type Saved } from "./provider";

const PUT = "/api/2.0/secrets/put";
const GET = "/api/2.0/secrets/get";
const LIST = "/api/2.0/secrets/list";
const CREATE = "/api/2.0/secrets/scopes/create";

describe("Secret and SecretScope over the provider's protocol", function () {
  this.timeout(60_000);
  let workspace: LocalWorkspace;
  let provider: Provider;
  const VALUES = ["value-of-the-first", "value-of-the-next", "value-of-somebody-else"] as const;
  const [FIRST, NEXT, FOREIGN] = VALUES;

  beforeEach(async () => {
    workspace = await LocalWorkspace.start();
    provider = await Provider.start({
      DATABRICKS_HOST: workspace.host,
      DATABRICKS_TOKEN: workspace.admin.token,
      DATABRICKS_OPERATION_TIMEOUT_SECONDS: "4",
    });
  });
  afterEach(async () => {
    provider.stop();
    await workspace.stop();
    for (const value of VALUES) assert.ok(!provider.stderr.includes(value), "stderr holds a value");
  });

  const origin = (name: string) => ({ organization: "organization", project: "p", stack: "dev", name });
  async function checked(type: string, news: Properties, olds: Properties = {}, name = "ci"): Promise<Properties> {
    const { inputs, failures } = await provider.check(olds, { origin: origin(name), ...news }, type);
    assert.deepEqual(failures, []);
    return inputs;
  }
  async function failures(type: string, news: Properties, olds: Properties = {}): Promise<string> {
    const answer = await provider.check(olds, { origin: origin("bad"), ...news }, type);
    return answer.failures.map(({ property, reason }) => `${property}: ${reason}`).join("\n");
  }
  async function created(type: string, news: Properties, name?: string) {
    const inputs = await checked(type, news, {}, name);
    return { ...(await provider.create(inputs)), inputs };
  }
  async function updated(id: string, type: string, olds: Properties, news: Properties, name?: string) {
    const inputs = await checked(type, news, olds, name);
    const { changes, replaces } = await provider.diff(id, olds, inputs);
    assert.deepEqual(replaces, []);
    return { changes, ...(changes ? await provider.update(id, olds, inputs) : { outs: olds }) };
  }
  const secret = (news: Properties = {}): Properties => ({ scope: "ci", key: "jobs", stringValue: FIRST, ...news });
  const held = (key = "jobs"): string | undefined => workspace.secrets.value("ci", key);
  const scope = (name = "ci") => void workspace.secrets.add(name, [workspace.admin.userName]);
  const foreign = (value: string | Buffer = FOREIGN, key = "jobs"): void => {
    workspace.secrets.put("ci", key, value, workspace.now() + 10);
  };
  const hide = () => workspace.faults.add({ path: GET, kind: "permission-denied", times: Number.POSITIVE_INFINITY });

  it("writes, changes in place, and removes: three calls a write", async () => {
    scope();
    const { id, outs } = await created("Secret", secret());
    assert.equal(id, outs.nonce);
    assert.equal(held(), FIRST);
    assert.deepEqual(
      workspace.calls.map((call) => call.path),
      [LIST, PUT, LIST],
    );
    assert.ok(Number(outs.lastUpdatedTimestamp) > 0);
    assert.deepEqual([outs.drift, outs.writeUnknown, outs.adopted], ["", false, ""]);
    assert.equal((await updated(id, "Secret", outs, secret())).changes, false);
    const next = await updated(id, "Secret", outs, secret({ stringValue: NEXT }));
    assert.equal(held(), NEXT);
    await provider.delete(id, next.outs);
    assert.equal(held(), undefined);
    await provider.delete(id, next.outs);
  });

  it("a change or removal elsewhere shows in a refresh, and the next up writes again", async () => {
    scope();
    const { id, outs } = await created("Secret", secret());
    foreign();
    const { props } = await provider.read(id, outs);
    assert.equal(props.drift, "changed");
    const mended = await updated(id, "Secret", props, secret());
    assert.equal(mended.changes, true);
    assert.equal(held(), FIRST);
    await provider.told(/was changed elsewhere; it is written again/);
    assert.equal((await provider.read(id, mended.outs)).props.drift, "");

    workspace.secrets.get("ci")?.secrets.clear();
    assert.equal((await provider.read(id, mended.outs)).props.drift, "gone");
    workspace.secrets.remove("ci");
    const gone = await provider.read(id, mended.outs);
    assert.equal(gone.props.drift, "gone", "with its scope, too");
    await assert.rejects(updated(id, "Secret", gone.props, secret()), /SCOPE_NOT_FOUND/);
    scope();
    await updated(id, "Secret", gone.props, secret());
    assert.equal(held(), FIRST);
  });

  it("refuses what was there before, without adopt; a run that was killed after its write finds its own", async () => {
    scope();
    foreign();
    await assert.rejects(created("Secret", secret()), /ENTRY_EXISTS/);
    assert.equal(held(), FOREIGN);
    foreign(FIRST);
    const { id, outs } = await created("Secret", secret());
    await provider.delete(id, outs);
    assert.equal(held(), undefined);
  });

  it("takes upper and lower case for the same name, as the workspace does", async () => {
    scope("CI");
    foreign(FOREIGN, "JOBS");
    await assert.rejects(created("Secret", secret()), /ENTRY_EXISTS/);
    assert.equal(held(), FOREIGN);
    assert.match(await failures("Secret", secret({ key: "Jobs" })), /already the place of Secret/);
    const { id, outs } = await created("Secret", secret({ adopt: true }));
    assert.equal(held(), FIRST);
    assert.equal((await provider.read(id, outs)).props.drift, "");
    await provider.delete(id, outs);
    assert.equal(held(), FOREIGN);
    await assert.rejects(
      created("SecretScope", { name: "ci" }),
      /this stack's, under the resource's earlier name or parent, give .*to take it over \(destroy leaves it then\).*ENTRY_EXISTS/,
    );
    assert.equal((await created("SecretScope", { name: "ci", adopt: true })).outs.created, false);
  });

  it("puts an adopted value back, and leaves what somebody changed since", async () => {
    scope();
    foreign();
    const adopted = await created("Secret", secret({ adopt: true }));
    assert.equal(held(), FIRST);
    assert.equal(adopted.outs.adopted, FOREIGN);
    const next = await updated(adopted.id, "Secret", adopted.outs, secret({ adopt: true, stringValue: NEXT }));
    await provider.delete(adopted.id, next.outs);
    assert.equal(held(), FOREIGN);

    const again = await created("Secret", secret({ adopt: true }));
    foreign("changed-by-somebody");
    await provider.delete(again.id, again.outs);
    assert.equal(held(), "changed-by-somebody");
    await provider.told(/no longer holds what this stack wrote/);
  });

  it("puts an adopted token back while it lives; one that is revoked by now serves nobody", async () => {
    scope();
    for (const dies of [false, true]) {
      const token = workspace.mint(workspace.admin);
      foreign(token.value);
      const { id, outs } = await created("Secret", secret({ adopt: true }));
      if (dies) workspace.revoke(token.tokenId);
      await provider.delete(id, outs);
      assert.equal(held(), dies ? undefined : token.value);
      workspace.secrets.get("ci")?.secrets.clear();
    }
    await provider.told(/is removed: .*a token that is revoked by now/);
  });

  it("where values can't be read: goes by the time of the last change, and says what it can't put back", async () => {
    scope();
    hide();
    const plain = await created("Secret", secret());
    workspace.secrets.put("ci", "jobs", FIRST, workspace.now() + 10);
    await provider.delete(plain.id, plain.outs);
    assert.equal(held(), FIRST, "written by somebody, with whatever value");
    await assert.rejects(created("Secret", secret()), /ENTRY_EXISTS/);

    const adopted = await created("Secret", secret({ adopt: true, stringValue: NEXT }));
    await provider.told(/destroy can't put it back/);
    await provider.delete(adopted.id, adopted.outs);
    assert.equal(held(), undefined);
    await provider.told(/could not be read to be put back/);
  });

  it("an adopted value that is no text can't be kept either", async () => {
    scope();
    foreign(Buffer.from([0xff, 0xfe, 0x00, 0x80]));
    const { outs } = await created("Secret", secret({ adopt: true }));
    assert.equal(outs.before, "unreadable");
  });

  it("a lost answer: put again within the call; lost to the end, saved and finished by the next up", async () => {
    scope();
    workspace.faults.add({ path: PUT, kind: "close", when: "after" });
    const { id, outs } = await created("Secret", secret());
    assert.equal(workspace.countCalls(`POST ${PUT}`), 2);

    workspace.faults.add({ path: PUT, kind: "close", when: "after", times: 4 });
    const inputs = await checked("Secret", secret({ stringValue: NEXT }), outs);
    const failure: Saved = await provider.update(id, outs, inputs).then(
      () => assert.fail("did not fail"),
      (error) => error,
    );
    assert.equal(failure.properties?.stringValue, FIRST, "what is known");
    assert.equal(failure.properties?.writeUnknown, true);
    const finished = await updated(id, "Secret", failure.properties ?? {}, secret({ stringValue: NEXT }));
    assert.deepEqual([finished.outs.stringValue, finished.outs.writeUnknown], [NEXT, false]);
    assert.equal((await provider.read(id, finished.outs)).props.drift, "");
    await provider.delete(id, finished.outs);
    assert.equal(held(), undefined);
  });

  it("a creation whose outcome is unknown is saved, and destroy removes what it left", async () => {
    scope();
    hide();
    workspace.faults.add({ path: PUT, kind: "close", when: "after", times: 4 });
    const failure: Saved = await created("Secret", secret()).then(
      () => assert.fail("did not fail"),
      (error) => error,
    );
    assert.equal(held(), FIRST);
    await provider.delete(failure.id ?? "", failure.properties ?? {});
    assert.equal(held(), undefined);
  });

  it("a creation that was never carried out leaves to others what they put there since", async () => {
    scope();
    workspace.faults.add({ path: PUT, kind: "close", times: 4 });
    const failure: Saved = await created("Secret", secret()).then(
      () => assert.fail("did not fail"),
      (error) => error,
    );
    assert.equal(failure.properties?.writeUnknown, true);
    foreign();
    await provider.delete(failure.id ?? "", failure.properties ?? {});
    assert.equal(held(), FOREIGN);
    await provider.told(/no longer holds what this stack wrote/);
  });

  it("a refusal changes nothing: 403 at once, 429 once the time is over", async () => {
    scope();
    const { id, outs } = await created("Secret", secret());
    for (const [kind, code] of [
      ["permission-denied", /PERMISSION_DENIED/],
      ["throttle", /THROTTLED|TIMEOUT/],
    ] as const) {
      workspace.faults.add({ path: PUT, kind, retryAfter: 2, times: Number.POSITIVE_INFINITY });
      const inputs = await checked("Secret", secret({ stringValue: NEXT }), outs);
      await assert.rejects(provider.update(id, outs, inputs), code);
      assert.equal(held(), FIRST);
      workspace.faults.clear();
    }
    await updated(id, "Secret", outs, secret({ stringValue: NEXT }));
    assert.equal(held(), NEXT);
  });

  it("written although the list fails or lags: told, and written again by the next up", async () => {
    scope();
    workspace.faults.add({ path: LIST, kind: "empty-object", skip: 1 });
    const { id, outs } = await created("Secret", secret());
    await provider.told(/is not listed so yet/);
    const next = await updated(id, "Secret", outs, secret());
    assert.equal(next.changes, true);
    assert.equal(next.outs.writeUnknown, false);
    workspace.faults.add({ path: PUT, kind: "no-effect" });
    const unseen = await updated(id, "Secret", next.outs, secret({ stringValue: NEXT }));
    assert.equal(unseen.outs.writeUnknown, true, "the list shows the time of the write before");
  });

  it("bad input has a code at preview; what only the workspace knows, before anything is written", async () => {
    assert.match(await failures("Secret", secret({ scope: "a b" })), /^scope: .*SECRET_NAME_INVALID/);
    assert.match(await failures("Secret", secret({ key: "k".repeat(129) })), /^key: .*SECRET_NAME_INVALID/);
    assert.match(await failures("Secret", { scope: "ci", stringValue: FIRST }), /^key: is required/);
    for (const stringValue of ["", "é".repeat(65_537), 7]) {
      assert.match(await failures("Secret", secret({ stringValue })), /^stringValue: .*SECRET_VALUE_INVALID/);
    }
    assert.equal(await failures("Secret", secret({ stringValue: "é".repeat(65_536) })), "");
    assert.match(await failures("SecretScope", { name: "k".repeat(129) }), /^name: .*SECRET_NAME_INVALID/);
    assert.match(await failures("Secret", secret({ workspace: { token: "x" } })), /^workspace.token: /);

    await assert.rejects(created("Secret", secret({ scope: "nowhere" })), /SCOPE_NOT_FOUND/);
    workspace.secrets.add("vault", [workspace.admin.userName], true);
    await assert.rejects(created("Secret", secret({ scope: "vault" })), /SCOPE_NOT_WRITABLE/);
    await assert.rejects(created("SecretScope", { name: "vault", adopt: true }), /SCOPE_NOT_WRITABLE/);
    assert.equal(workspace.secrets.get("vault")?.secrets.size, 0);
  });

  it("two resources for one place are an error; another host, scope or key replaces", async () => {
    scope();
    const { id, outs, inputs } = await created("Secret", secret());
    assert.match(await failures("Secret", secret()), /already the place of Secret organization\/p\/dev\/ci/);
    for (const change of [{ scope: "x" }, { key: "x" }, { host: "https://other.example.com" }]) {
      const { replaces } = await provider.diff(id, outs, { ...inputs, ...change });
      assert.deepEqual(replaces, Object.keys(change));
    }
    const renamed = await created("Secret", secret({ key: "other" }), "first");
    assert.equal(held("other"), FIRST);
    // Under a new name without an alias: created anew in its place, then the old one is deleted.
    await provider.check({}, { origin: origin("first"), ...secret({ key: "elsewhere" }) }, "Secret");
    const again = await created("Secret", secret({ key: "other" }), "second");
    await provider.delete(renamed.id, renamed.outs);
    assert.equal(held("other"), FIRST, "it is the other resource's now");
    await provider.delete(again.id, again.outs);
    assert.equal(held("other"), undefined);
  });

  it("a stray environment does not move a secret to another workspace", async () => {
    scope();
    const { outs } = await created("Secret", secret());
    const other = await Provider.start({
      DATABRICKS_HOST: "https://adb-1.2.azuredatabricks.net",
      DATABRICKS_TOKEN: "x",
    });
    const answer = await other.check(outs, { origin: origin("ci"), ...secret() }, "Secret");
    other.stop();
    assert.match(answer.failures[0]?.reason ?? "", /this secret lives on .*HOST_CHANGED/);
  });

  describe("a scope", () => {
    it("is made, made again when it is gone, and removed once it is empty", async () => {
      const { id, outs } = await created("SecretScope", { name: "ci", initialManagePrincipal: "users" });
      assert.deepEqual(workspace.secrets.get("ci")?.managers, [workspace.admin.userName, "users"]);
      const news = { name: "ci", initialManagePrincipal: "users" };
      assert.equal((await updated(id, "SecretScope", outs, news)).changes, false);
      workspace.secrets.remove("ci");
      const { props } = await provider.read(id, outs);
      assert.equal(props.drift, "gone");
      const again = await updated(id, "SecretScope", props, news);
      assert.ok(workspace.secrets.get("ci"));
      foreign();
      await provider.delete(id, again.outs);
      assert.equal(held(), FOREIGN);
      await provider.told(/holds 1 key .*\(jobs\).*left as it is/);
      workspace.secrets.get("ci")?.secrets.clear();
      await provider.delete(id, again.outs);
      assert.equal(workspace.secrets.get("ci"), undefined);
      await provider.delete(id, again.outs);
    });

    it("that was there is refused, or adopted and left on destroy", async () => {
      scope();
      await assert.rejects(created("SecretScope", { name: "ci" }), /ENTRY_EXISTS/);
      const { id, outs } = await created("SecretScope", { name: "ci", adopt: true });
      assert.equal(outs.created, false);
      await provider.delete(id, outs);
      assert.ok(workspace.secrets.get("ci"));
    });

    it("under a new name without an alias stays: the new resource has adopted it", async () => {
      const first = await created("SecretScope", { name: "ci" }, "first");
      await provider.check({}, { origin: origin("first"), name: "elsewhere" }, "SecretScope");
      const second = await created("SecretScope", { name: "ci", adopt: true }, "second");
      await provider.delete(first.id, first.outs);
      assert.ok(workspace.secrets.get("ci"), "it is the other resource's now");
      assert.equal(second.outs.created, false);
    });

    it("whose answer was lost is ours; lost to the end, the next up or destroy finds it", async () => {
      workspace.faults.add({ path: CREATE, kind: "close", when: "after" });
      const { id, outs } = await created("SecretScope", { name: "ci" });
      assert.equal(outs.created, true);
      await provider.delete(id, outs);

      workspace.faults.add({ path: CREATE, kind: "close", times: 4 });
      const failure: Saved = await created("SecretScope", { name: "ci" }).then(
        () => assert.fail("did not fail"),
        (error) => error,
      );
      assert.equal(failure.properties?.creationUnknown, true);
      scope();
      const next = await updated(failure.id ?? "", "SecretScope", failure.properties ?? {}, { name: "ci" });
      assert.deepEqual([next.changes, next.outs.creationUnknown, next.outs.created], [true, false, true]);
    });

    it("has its principal for good, and one resource", async () => {
      const { outs } = await created("SecretScope", { name: "ci" });
      const changed = await provider.check(
        outs,
        { origin: origin("ci"), name: "ci", initialManagePrincipal: "users" },
        "SecretScope",
      );
      assert.match(changed.failures[0]?.reason ?? "", /PRINCIPAL_FIXED/);
      assert.match(await failures("SecretScope", { name: "ci" }), /one scope, one resource/);
    });
  });
});
