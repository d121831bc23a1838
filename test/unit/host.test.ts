import assert from "node:assert/strict";
import { DatabricksTokensError } from "../../provider/errors";
import { parseHost } from "../../provider/workspace/host";

const codeOf = (text: string): string => {
  try {
    return parseHost(text);
  } catch (error) {
    assert.ok(error instanceof DatabricksTokensError);
    assert.ok(!error.message.includes("hunter2"), "credentials are echoed");
    return error.code;
  }
};

describe("host", () => {
  const rows: Array<[string, string]> = [
    ["adb-1.2.azuredatabricks.net", "https://adb-1.2.azuredatabricks.net"],
    [" HTTPS://ADB-1.2.azuredatabricks.net/?o=1#x ", "https://adb-1.2.azuredatabricks.net"],
    ["https://adb-1.2.databricks.azure.us/some/path", "https://adb-1.2.databricks.azure.us"],
    ["http://127.0.0.1:8080/", "http://127.0.0.1:8080"],
    ["http://localhost:1", "http://localhost:1"],
    ["http://[::1]:1", "http://[::1]:1"],
    ["http://adb-1.2.azuredatabricks.net", "INVALID_HOST"],
    ["http://127.0.0.1.example.com", "INVALID_HOST"],
    ["https://me:hunter2@adb-1.2.azuredatabricks.net", "INVALID_HOST"],
    ["me:hunter2@adb-1.2.azuredatabricks.net", "INVALID_HOST"],
    ["ftp://adb-1.2.azuredatabricks.net", "INVALID_HOST"],
    ["", "INVALID_HOST"],
    ["https://", "INVALID_HOST"],
    ["accounts.azuredatabricks.net", "WRONG_HOST"],
    ["https://accounts.cloud.databricks.com/login", "WRONG_HOST"],
    ["accounts.databricks.azure.cn", "WRONG_HOST"],
  ];
  for (const [text, expected] of rows)
    it(`${JSON.stringify(text)} → ${expected}`, () => assert.equal(codeOf(text), expected));
});
