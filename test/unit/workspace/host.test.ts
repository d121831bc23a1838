import assert from "node:assert/strict";
import { DatabricksTokensError } from "../../../provider/errors";
import { isLoopback } from "../../../provider/http/loopback";
import { parseHost } from "../../../provider/workspace/host";

const refusal = (text: string): DatabricksTokensError => {
  try {
    parseHost(text);
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
    ["https:/adb-1.2.azuredatabricks.net", /not an address/],
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
