import assert from "node:assert/strict";
import { UNKNOWN } from "../../../provider/pulumi/wire";
import type { Surroundings } from "../../../provider/sign-in";
import { check } from "../../../provider/token/check";

const origin = { organization: "o", project: "p", stack: "s", name: "n" };
const around = (env: Record<string, string> = {}): Surroundings => ({
  config: () => undefined,
  env: { DATABRICKS_HOST: "https://adb-1.2.azuredatabricks.net", DATABRICKS_TOKEN: "secret-value", ...env },
  readFile: () => undefined,
  home: "/nowhere",
});
const failures = (news: object, olds: object = {}, s = around()): string[] =>
  check(s, { ...olds }, { origin, ...news }).failures.map((failure) => failure.property);

describe("check", () => {
  it("passes good inputs on, with a nonce and the resolved host", () => {
    const { inputs, failures: none } = check(
      around(),
      {},
      { origin, comment: "x", scopes: ["jobs"], triggers: { a: "1" } },
    );
    assert.deepEqual(none, []);
    assert.match(String(inputs.nonce), /^[0-9a-f]{24}$/);
    assert.equal(inputs.host, "https://adb-1.2.azuredatabricks.net");
    assert.equal(inputs.hostSource, "environment");
  });

  it("no workspace is named: every way to name one", () => {
    const [failure] = check({ ...around(), env: {} }, {}, { origin }).failures;
    assert.equal(failure?.property, "workspace.host");
    assert.match(failure?.reason ?? "", /databricks:host.*DATABRICKS_HOST.*azureWorkspaceResourceId.*NO_HOST/);
  });

  it("carries only nonce and host on", () => {
    const olds = { nonce: "abc", host: "https://adb-1.2.azuredatabricks.net", comment: "old", rotateEverySeconds: 5 };
    const { inputs } = check(around(), olds, { origin });
    assert.equal(inputs.nonce, "abc");
    assert.equal("comment" in inputs || "rotateEverySeconds" in inputs, false);
  });

  for (const lifetimeSeconds of [0, -1, 1.5, 2 ** 31 + 1, "90", Number.NaN]) {
    it(`refuses a lifetime of ${JSON.stringify(lifetimeSeconds)} (${typeof lifetimeSeconds})`, () => {
      assert.deepEqual(failures({ lifetimeSeconds }), ["lifetimeSeconds"]);
    });
  }

  const bad: Array<[string, object, string]> = [
    [
      "schedule beyond the lifetime",
      { lifetimeSeconds: 100, rotateEverySeconds: 60, overlapSeconds: 50 },
      "rotateEverySeconds",
    ],
    ["overlap of a whole lifetime", { lifetimeSeconds: 100, overlapSeconds: 100 }, "overlapSeconds"],
    ["an empty scope", { scopes: ["jobs", " "] }, "scopes[1]"],
    ["no scope at all", { scopes: [] }, "scopes"],
    ["minting without leave", { scopes: ["authentication"] }, "scopes[0]"],
    ["http to a real host", { workspace: { host: "http://adb-1.2.azuredatabricks.net" } }, "workspace.host"],
    ["credentials in the host", { workspace: { host: "https://me:pw@adb-1.2.azuredatabricks.net" } }, "workspace.host"],
    ["an account console", { workspace: { host: "https://accounts.azuredatabricks.net" } }, "workspace.host"],
    ["an unknown member of workspace", { workspace: { token: "x" } }, "workspace.token"],
    ["a comment without room for the marker", { comment: "x".repeat(1000) }, "comment"],
    ["triggers that are no map", { triggers: ["1"] }, "triggers"],
    ["a flag that is a text", { autoscopeEnabled: "yes" }, "autoscopeEnabled"],
  ];
  for (const [title, news, property] of bad) it(`refuses ${title}`, () => assert.deepEqual(failures(news), [property]));

  it("allows minting where it is meant", () => {
    assert.deepEqual(failures({ scopes: ["authentication"], allowTokenMinting: true }), []);
  });

  it("lets unknown values pass", () => {
    assert.deepEqual(
      failures({ lifetimeSeconds: UNKNOWN, scopes: [UNKNOWN], comment: UNKNOWN, triggers: UNKNOWN }),
      [],
    );
    const { inputs } = check(around(), {}, { origin, workspace: { host: UNKNOWN } });
    assert.equal(inputs.host, UNKNOWN);
    assert.equal(check(around(), {}, { origin, workspace: UNKNOWN }).inputs.host, UNKNOWN);
  });

  it("keeps the state's host where a member of workspace is unknown", () => {
    const olds = { nonce: "abc", host: "https://adb-9.9.azuredatabricks.net" };
    assert.equal(check(around(), olds, { origin, workspace: { host: UNKNOWN } }).inputs.host, olds.host);
  });

  it("another host from the environment is an error that names both; from workspace it is a change", () => {
    const olds = { nonce: "abc", host: "https://adb-9.9.azuredatabricks.net" };
    const [failure] = check(around(), olds, { origin }).failures;
    assert.match(failure?.reason ?? "", /adb-9\.9.*adb-1\.2/);
    const host = "https://adb-3.3.azuredatabricks.net";
    assert.equal(check(around(), olds, { origin, workspace: { host } }).inputs.host, host);
  });

  it("a new token without a host or credentials is refused", () => {
    const nothing = { ...around(), env: {} };
    assert.deepEqual(failures({}, {}, nothing), ["workspace.host"]);
    const noToken = { ...around(), env: { DATABRICKS_HOST: "https://adb-1.2.azuredatabricks.net" } };
    assert.deepEqual(failures({}, {}, noToken), ["workspace"]);
  });
});
