import assert from "node:assert/strict";
import { DatabricksTokensError } from "../../../provider/errors";
import { isLoopback } from "../../../provider/http/loopback";
import { originOf, parseHost, workspaceIdIn } from "../../../provider/workspace/host";

const refusalFrom = (text: string): DatabricksTokensError => refusal(text, "DATABRICKS_HOST of the environment");
const refusal = (text: string, from?: string): DatabricksTokensError => {
  try {
    parseHost(text, from);
  } catch (error) {
    assert.ok(error instanceof DatabricksTokensError);
    return error;
  }
  return assert.fail(`${text} was taken`);
};

describe("host", () => {
  const good: Array<[string, string]> = [
    ["adb-1.2.azuredatabricks.net", "https://adb-1.2.azuredatabricks.net"],
    [" https://ADB-1.2.AzureDatabricks.net/ ", "https://adb-1.2.azuredatabricks.net"],
    ["https://adb-1.2.azuredatabricks.net/?o=12#job/3", "https://adb-1.2.azuredatabricks.net"],
    ["https://x.cloud.databricks.com.:443/path", "https://x.cloud.databricks.com"],
    ["x.gcp.databricks.com:8443", "https://x.gcp.databricks.com:8443"],
    ["http://localhost:8080/", "http://localhost:8080"],
    ["http://127.9.9.9:1", "http://127.9.9.9:1"],
    ["http://[::1]:80/x", "http://[::1]"],
    ["my-accounts.cloud.databricks.com", "https://my-accounts.cloud.databricks.com"],
  ];
  for (const [text, origin] of good) it(`reads ${text}`, () => assert.equal(parseHost(text), origin));

  const bad = [
    ["", /empty/],
    ["   ", /empty/],
    ["http://adb-1.2.azuredatabricks.net", /use https/],
    ["http://localhost.example.com", /use https/],
    ["http://127.0.0.1.example.com", /use https/],
    ["ftp://adb-1.2.azuredatabricks.net", /must be an https address/],
    ["https:/adb-1.2.azuredatabricks.net", /"https:\/adb-1\.2\.azuredatabricks\.net" is not an address/],
    ["https:/ada:hunter2@adb-1.2.azuredatabricks.net", /The host is not an address/],
    ["https:\\\\adb-1.2.azuredatabricks.net", /not an address/],
    ["adb 1.azuredatabricks.net", /not an address/],
    ["adb-1.2.azure\ndatabricks.net", /not an address/],
    ["https://", /not an address/],
  ] as const;
  for (const [text, why] of bad) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.equal(refusal(text).code, "INVALID_HOST");
      assert.match(refusal(text).message, why);
    });
  }

  for (const text of [
    '"https://adb-1.2.azuredatabricks.net"',
    "'adb-1.2.azuredatabricks.net'",
    "https//adb-1.2.azuredatabricks.net",
    "$(DATABRICKS_HOST)",
    "https://$(DATABRICKS_HOST)",
    "$DATABRICKS_HOST",
    `$${"{DATABRICKS_HOST}"}`,
    `$${"{{secrets.HOST}}"}`,
    "{{host}}",
    "<workspace-url>",
    "DATABRICKS_HOST",
    "adb-1",
    "adb_1.2.azuredatabricks.net",
    "adb-1.2.azuredatabricks.net,",
    "adb-1.2.azuredatabricks.net;",
    "adb-1..azuredatabricks.net",
    ".azuredatabricks.net",
    "-adb.azuredatabricks.net",
    "adb-.azuredatabricks.net",
    `${"a".repeat(64)}.azuredatabricks.net`,
    `${"a.".repeat(127)}azuredatabricks.net`,
    // A hyphen that only looks like one, full width letters, and what the URL parser would make another address of.
    "adb\u20111.2.azuredatabricks.net",
    "\uff41db-1.2.azuredatabricks.net",
    "adb-1\u3002azuredatabricks.net",
    "2130706433",
    "0x7f.1",
    "127.1",
    "https://[2001:db8::1]",
  ]) {
    it(`refuses ${text.slice(0, 40)}, which is no host name, and shows what was read and from where`, () => {
      const { code, message } = refusal(text);
      assert.equal(code, "INVALID_HOST");
      assert.match(message, /is no host name|is not an address/);
      assert.match(refusalFrom(text).message, /\(DATABRICKS_HOST of the environment\)/);
      assert.ok(message.includes(text.slice(0, 20).trim()), message);
      // A host that an old stack lives on stays one.
      if (/^[a-z_.,;-]+$/.test(text)) assert.ok(originOf(text));
    });
  }

  for (const text of ["acme.databricks.com", "https://acme.databricks.com/?o=12"]) {
    it(`names ${text} a unified host`, () => {
      assert.equal(refusal(text).code, "WRONG_HOST");
      assert.match(refusal(text).message, /unified host/);
    });
  }

  it("finds the workspace's id in the browser's address", () => {
    assert.equal(workspaceIdIn("https://adb-1.2.azuredatabricks.net/?o=12#job/3"), "12");
    assert.equal(workspaceIdIn("adb-1.2.azuredatabricks.net"), undefined);
  });

  for (const text of [
    "https://me:hunter2@x.cloud.databricks.com",
    "hunter2@x.cloud.databricks.com",
    "https://hunter2:@x:y",
  ]) {
    it(`refuses credentials, and does not repeat them (${text.length})`, () => {
      assert.equal(refusal(text).code, "INVALID_HOST");
      assert.doesNotMatch(refusal(text).message, /hunter2/);
    });
  }

  for (const text of [
    "accounts.azuredatabricks.net",
    "https://accounts.cloud.databricks.com/login",
    "accounts.gcp.databricks.com",
    "accounts.databricks.azure.us",
    "accounts.databricks.azure.cn",
    "ACCOUNTS-DOD.cloud.databricks.us.",
  ]) {
    it(`names ${text} an account console`, () => assert.equal(refusal(text).code, "WRONG_HOST"));
  }

  it("knows loopback", () => {
    for (const host of ["localhost", "localhost:1", "127.0.0.1", "127.255.0.9", "[::1]:9", "http://localhost:1"]) {
      assert.equal(isLoopback(host), true, host);
    }
    for (const host of ["", "localhost.com", "128.0.0.1", "[::2]", "127.0.0.1.nip.io"]) {
      assert.equal(isLoopback(host), false, host);
    }
  });
});
