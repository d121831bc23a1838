import assert from "node:assert/strict";
import { errorFromAnswer } from "../../provider/workspace/answer";
import { errorFromNetwork } from "../../provider/workspace/network";
import { backoffMs, retryAfterMs } from "../../provider/workspace/pace";

const context = {
  host: "https://adb-1.2.azuredatabricks.net",
  call: "POST /api/2.0/token/create",
  strategy: "pat",
  source: "the environment (DATABRICKS_TOKEN)",
};
const json = (value: object): string => JSON.stringify(value);

describe("errors on the wire", () => {
  const rows: Array<[title: string, status: number, body: string, code: string, headers?: Record<string, string>]> = [
    [
      "a dead credential, code as a number",
      403,
      json({ error_code: 403, message: "Invalid access token." }),
      "CREDENTIAL_REFUSED",
    ],
    [
      "a dead credential, as HTML",
      403,
      "<html><head><title>Error 403 Invalid access token.</title></head></html>",
      "CREDENTIAL_REFUSED",
    ],
    [
      "a dead credential, in the header",
      401,
      "",
      "CREDENTIAL_REFUSED",
      { "x-databricks-reason-phrase": "Token is expired" },
    ],
    ["a 401 that gives no reason", 401, "", "UNEXPECTED_ANSWER"],
    [
      "no permission to use tokens",
      403,
      json({ error_code: "PERMISSION_DENIED", message: "User does not have permission to use tokens." }),
      "TOKENS_DISABLED",
    ],
    ["not a member", 403, json({ error_code: "403", message: "User not authorized." }), "NOT_A_MEMBER"],
    ["invalid_client", 401, json({ error: "invalid_client" }), "NOT_A_MEMBER"],
    [
      "IP access list",
      403,
      json({
        error_code: "PERMISSION_DENIED",
        message: "Source IP address: 1.2.3.4 is blocked by Databricks IP ACL for workspace",
      }),
      "IP_ACCESS_LIST",
    ],
    [
      "a missing scope",
      403,
      json({
        error_code: "PERMISSION_DENIED",
        message: "Provided OAuth token does not have required scopes: clusters",
      }),
      "SCOPE_MISSING",
    ],
    ["quota", 400, json({ error_code: "QUOTA_EXCEEDED", message: "too many" }), "QUOTA_EXCEEDED"],
    [
      "lifetime",
      400,
      json({ error_code: "INVALID_PARAMETER_VALUE", message: "lifetime_seconds is over the maximum" }),
      "LIFETIME_OVER_LIMIT",
    ],
    [
      "unknown token",
      404,
      json({ error_code: "RESOURCE_DOES_NOT_EXIST", message: "No valid token with ID x found." }),
      "NOT_FOUND",
    ],
    ["unknown call", 404, json({ error_code: "ENDPOINT_NOT_FOUND", message: "No API found" }), "NOT_SUPPORTED"],
    ["a login page", 200, "<html><title>Sign in</title></html>", "UNEXPECTED_ANSWER"],
    ["a redirect to a login", 302, "", "WRONG_HOST", { location: "/login.html" }],
    ["private link", 302, "", "PRIVATE_LINK", { location: "/login.html?error=private-link-validation-error" }],
    ["SCIM", 403, json({ detail: "not allowed", status: "403" }), "PERMISSION_DENIED"],
    ["text with a code", 400, "INVALID_STATE: not now", "INVALID_REQUEST"],
    ["429", 429, "", "THROTTLED"],
    ["throttled by body", 400, json({ error_code: "REQUEST_LIMIT_EXCEEDED", message: "slow" }), "THROTTLED"],
    ["503", 503, "", "SERVER_ERROR"],
    ["HTML 502", 502, "<html><body><pre>upstream</pre></body></html>", "SERVER_ERROR"],
  ];
  for (const [title, status, body, code, headers = {}] of rows) {
    it(`${title} → ${code}`, () => {
      const error = errorFromAnswer({ ...context, status, body, headers });
      assert.equal(error.code, code);
      assert.equal(error.ambiguous, code === "SERVER_ERROR", "only a 5xx leaves the outcome open");
      assert.ok(error.message.includes(context.host), "names the workspace");
    });
  }

  it("names who signed in, from where", () => {
    const error = errorFromAnswer({
      ...context,
      status: 403,
      body: json({ error_code: 403, message: "Invalid access token." }),
      headers: {},
    });
    assert.match(error.message, /pat from the environment \(DATABRICKS_TOKEN\)/);
  });

  it("hides a secret that the server echoes, and cuts what is long", () => {
    const body = `BAD: token hunter2-and-more is wrong ${"x".repeat(1000)}`;
    const { message } = errorFromAnswer({ ...context, status: 400, body, headers: {}, secrets: ["hunter2-and-more"] });
    assert.ok(!message.includes("hunter2"));
    assert.ok(message.length < 700);
  });

  it("half a JSON answer of a creation is ambiguous", () => {
    assert.equal(errorFromAnswer({ ...context, status: 200, body: '{"token_va', headers: {} }).ambiguous, true);
  });
});

describe("no answer", () => {
  const rows: Array<[string, string, boolean]> = [
    ["ENOTFOUND", "UNREACHABLE", false],
    ["ECONNREFUSED", "UNREACHABLE", false],
    ["UND_ERR_CONNECT_TIMEOUT", "TIMEOUT", false],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "TLS", false],
    ["ECONNRESET", "UNREACHABLE", true],
    ["UND_ERR_SOCKET", "UNREACHABLE", true],
    ["UND_ERR_HEADERS_TIMEOUT", "TIMEOUT", true],
  ];
  for (const [cause, code, ambiguous] of rows) {
    it(`${cause} → ${code}${ambiguous ? ", may have taken effect" : ""}`, () => {
      const error = errorFromNetwork(Object.assign(new Error("x"), { code: cause }), context.call, context.host);
      assert.deepEqual([error.code, error.ambiguous], [code, ambiguous]);
    });
  }
});

describe("pace", () => {
  it("reads Retry-After in seconds and as a date, which the server's clock judges", () => {
    assert.equal(retryAfterMs({ "retry-after": "3" }, 0), 3000);
    const headers = { "retry-after": "Tue, 03 Nov 2026 10:00:05 GMT", date: "Tue, 03 Nov 2026 10:00:00 GMT" };
    assert.equal(retryAfterMs(headers, 0), 5000);
    assert.equal(retryAfterMs({ "retry-after": "soon" }, 0), undefined);
    assert.equal(retryAfterMs({}, 0), undefined);
  });
  it("backs off up to half a minute", () => {
    assert.deepEqual(
      [1, 2, 3, 20].map((attempt) => backoffMs(attempt, 0)),
      [1000, 2000, 4000, 30_000],
    );
  });
});
