import assert from "node:assert/strict";
import {
  hostFinding,
  identityFinding,
  lifetimeFinding,
  quotaFinding,
  signInFinding,
  stackFinding,
  tokensFinding,
} from "../../../provider/cli/findings";
import { asJson, asText, exitCodeOf, type Finding } from "../../../provider/cli/report";
import { readConfig } from "../../../provider/cli/stack-config";
import { DatabricksTokensError, type ErrorCode } from "../../../provider/errors";
import { Secret } from "../../../provider/secret";

const error = (code: ErrorCode): { error: DatabricksTokensError } => ({
  error: new DatabricksTokensError(code, "why"),
});
const brief = ({ status, code }: Finding): string[] => [status, code ?? ""];
const tokens = (count: number, expiryTime = -1) =>
  Array.from({ length: count }, () => ({ tokenId: "i", creationTime: 0, expiryTime, comment: "" }));
const settings = (enabled?: boolean, maxLifetimeDays?: number) => ({ value: { enabled, maxLifetimeDays } });

describe("the doctor's findings", () => {
  it("stack: its config, none, unreadable, a secret in clear", () => {
    const config = { stack: "dev", values: new Map([["databricks:token", "t"]]), secretKeys: [], locked: [] };
    assert.deepEqual(brief(stackFinding({ ...config, secretKeys: ["databricks:token"] })), ["ok", ""]);
    assert.deepEqual(brief(stackFinding(config)), ["wrong", "INVALID_CONFIG"]);
    const nothing = { values: new Map<string, string>(), secretKeys: [], locked: [] };
    assert.deepEqual(brief(stackFinding(nothing)), ["note", ""]);
    const problem = error("STACK_UNREADABLE").error;
    assert.deepEqual(brief(stackFinding({ ...nothing, problem })), ["wrong", "STACK_UNREADABLE"]);
  });

  it("host, sign-in and identity: found, wrong, or not to be told", () => {
    const value = { host: "https://h.example.com", source: "config", from: "Pulumi config databricks:host" } as const;
    assert.deepEqual(brief(hostFinding({ value })), ["ok", ""]);
    assert.deepEqual(brief(hostFinding({ value: undefined })), ["wrong", "NO_HOST"]);
    assert.deepEqual(brief(hostFinding(error("INVALID_HOST"))), ["wrong", "INVALID_HOST"]);
    assert.deepEqual(brief(hostFinding(error("TIMEOUT"))), ["unknown", "TIMEOUT"]);
    const way = { value: { strategy: "pat", source: "the environment" } };
    assert.deepEqual(brief(signInFinding(way, [])), ["ok", ""]);
    assert.deepEqual(brief(signInFinding(way, ["databricks:token"])), ["note", ""]);
    assert.deepEqual(brief(signInFinding(error("NO_CREDENTIALS"), [])), ["wrong", "NO_CREDENTIALS"]);
    assert.deepEqual(brief(identityFinding({ value: { userName: "me", id: "1" } })), ["ok", ""]);
    assert.deepEqual(brief(identityFinding(error("NOT_A_MEMBER"))), ["wrong", "NOT_A_MEMBER"]);
    assert.deepEqual(brief(identityFinding(error("SCOPE_MISSING"))), ["note", ""]);
  });

  it("tokens: who may list may use them; what the workspace's settings say comes first", () => {
    const list = { value: tokens(1) };
    assert.deepEqual(brief(tokensFinding(settings(true), list)), ["ok", ""]);
    assert.deepEqual(brief(tokensFinding(error("PERMISSION_DENIED"), list)), ["ok", ""]);
    assert.deepEqual(brief(tokensFinding(settings(false), list)), ["wrong", "TOKENS_DISABLED"]);
    assert.deepEqual(brief(tokensFinding(settings(true), error("TOKENS_DISABLED"))), ["wrong", "TOKENS_DISABLED"]);
    assert.deepEqual(brief(tokensFinding(settings(true), error("SCOPE_MISSING"))), ["wrong", "SCOPE_MISSING"]);
    assert.deepEqual(brief(tokensFinding(settings(true), error("SERVER_ERROR"))), ["unknown", "SERVER_ERROR"]);
  });

  it("lifetime: enough, below the default, not shown, not to be told", () => {
    assert.deepEqual(brief(lifetimeFinding(settings(true, 90))), ["ok", ""]);
    assert.deepEqual(brief(lifetimeFinding(settings(true, 89))), ["note", "LIFETIME_OVER_LIMIT"]);
    assert.deepEqual(brief(lifetimeFinding(settings())), ["note", ""]);
    assert.deepEqual(brief(lifetimeFinding(error("PERMISSION_DENIED"))), ["note", ""]);
    assert.deepEqual(brief(lifetimeFinding(error("THROTTLED"))), ["unknown", "THROTTLED"]);
  });

  it("quota: living tokens alone count", () => {
    assert.deepEqual(brief(quotaFinding({ value: tokens(539) }, 5)), ["ok", ""]);
    assert.deepEqual(brief(quotaFinding({ value: tokens(540) }, 5)), ["note", ""]);
    assert.deepEqual(brief(quotaFinding({ value: tokens(600) }, 5)), ["wrong", "QUOTA_EXCEEDED"]);
    assert.deepEqual(brief(quotaFinding({ value: tokens(600, 4) }, 5)), ["ok", ""]);
    assert.deepEqual(brief(quotaFinding(error("SERVER_ERROR"), 5)), ["skipped", ""]);
  });
});

describe("the doctor's report", () => {
  const ok: Finding = { check: "host", status: "ok", finding: "h" };
  const wrong: Finding = { check: "tokens", status: "wrong", finding: "f", toDo: "a\n- b\n", code: "TOKENS_DISABLED" };
  const unknown: Finding = { check: "quota", status: "unknown", finding: "f" };

  it("ends with 0, 1 or 3; what is wrong outweighs what could not be told", () => {
    const note: Finding = { ...ok, status: "note" };
    assert.deepEqual(
      [
        [ok, note],
        [ok, unknown],
        [unknown, wrong],
      ].map(exitCodeOf),
      [0, 3, 1],
    );
  });

  it("is aligned, also where it says what to do, and coloured only where asked", () => {
    const lines = asText([ok, wrong], false).split("\n");
    assert.deepEqual(lines.slice(0, 4), [
      "ok       host      h",
      "wrong    tokens    f [TOKENS_DISABLED]",
      `${" ".repeat(19)}a`,
      `${" ".repeat(19)}- b`,
    ]);
    const coloured = asText([ok, wrong], true);
    assert.ok(coloured.includes("\x1b[31mwrong"));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
    assert.equal(coloured.replace(/\x1b\[\d+m/g, ""), lines.join("\n"));
  });

  it("holds no secret, not even one that JSON would write otherwise", () => {
    const value = `quoted"and\\${Math.random()}`;
    new Secret(value);
    const findings: Finding[] = [{ ...ok, finding: `x ${value}`, facts: { identity: value } }];
    for (const text of [asText(findings, false), asJson(findings)]) {
      assert.ok(!text.includes(value) && !text.includes(JSON.stringify(value).slice(1, -1)));
      assert.ok(text.includes("[secret]"));
    }
  });
});

describe("a stack's config, as the doctor reads it", () => {
  it("keeps what the provider reads, and says which secrets are locked", () => {
    const json = {
      "databricks:host": { value: "h", secret: false },
      "databricks:token": { secret: true },
      "databricks:clientSecret": { value: "s", secret: true },
      "app:password": { value: "p", secret: true },
    };
    assert.deepEqual(readConfig(JSON.stringify(json), "It"), {
      values: new Map([
        ["databricks:host", "h"],
        ["databricks:clientSecret", "s"],
      ]),
      secretKeys: ["databricks:token", "databricks:clientSecret"],
      locked: ["databricks:token"],
    });
  });

  it("that is no JSON is not quoted", () => {
    assert.throws(() => readConfig("hidden value", "It"), /^DatabricksTokensError: (?!.*hidden).*STACK_UNREADABLE/);
  });
});
