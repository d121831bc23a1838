import assert from "node:assert/strict";
import type { DatabricksTokensError, ErrorCode } from "../../provider/errors";
import { Secret } from "../../provider/secret";
import { errorFromAnswer } from "../../provider/workspace/answer";
import { errorFromNetwork, isTransient } from "../../provider/workspace/network";

const host = "https://adb-1.2.azuredatabricks.net";
const answered = (status: number, body: unknown, headers: Record<string, string> = {}): DatabricksTokensError =>
  errorFromAnswer({
    status,
    body: typeof body === "string" ? body : JSON.stringify(body),
    headers,
    path: "/api/2.0/token/create",
    host,
    strategy: "pat",
    source: "DATABRICKS_TOKEN in the environment",
  });

type Row = [code: ErrorCode, status: number, body: unknown, headers?: Record<string, string>];
const page = (title: string, pre = ""): string => `<html><head><title>${title}</title></head><pre>${pre}</pre></html>`;

describe("errors on the wire", () => {
  const rows: Row[] = [
    ["CREDENTIAL_REFUSED", 403, { error_code: 403, message: "Invalid access token." }],
    ["CREDENTIAL_REFUSED", 403, page("Error 403 Invalid access token.")],
    ["CREDENTIAL_REFUSED", 401, page("Error", "Reason: Token is expired")],
    ["CREDENTIAL_REFUSED", 403, "", { "x-databricks-reason-phrase": "Invalid access token." }],
    ["CREDENTIAL_REFUSED", 401, "", { "www-authenticate": 'Bearer realm="x", error="invalid_token"' }],
    // Without a reason nothing is proved dead.
    ["PERMISSION_DENIED", 401, ""],
    ["PERMISSION_DENIED", 403, page("Forbidden")],
    ["PERMISSION_DENIED", 403, { error_code: "PERMISSION_DENIED", message: "no" }],
    ["SCOPE_MISSING", 403, { error_code: 403, message: "Provided token does not have required scopes: scim" }],
    ["SCOPE_MISSING", 403, "", { "www-authenticate": 'Bearer error="insufficient_scope"' }],
    [
      "TOKENS_DISABLED",
      403,
      { error_code: "PERMISSION_DENIED", message: "User does not have permission to use tokens." },
    ],
    [
      "IP_ACCESS_LIST",
      403,
      { error_code: 403, message: "Source IP address: 1.2.3.4 is blocked by Databricks IP ACL for workspace: 12" },
    ],
    ["NOT_A_MEMBER", 403, { error_code: 403, message: "User not authorized." }],
    ["NOT_A_MEMBER", 401, { error: "invalid_client", error_description: "Client authentication failed" }],
    ["QUOTA_EXCEEDED", 400, { error_code: "QUOTA_EXCEEDED", message: "600 tokens" }],
    ["QUOTA_EXCEEDED", 429, { error_code: "QUOTA_EXCEEDED", message: "600 tokens" }],
    ["LIFETIME_OVER_LIMIT", 400, { error_code: "INVALID_PARAMETER_VALUE", message: "lifetime exceeds the maximum" }],
    [
      "INVALID_REQUEST",
      400,
      { error_code: "INVALID_PARAMETER_VALUE", message: "requirement failed: Invalid timeout: 0" },
    ],
    ["INVALID_REQUEST", 400, { detail: "bad filter", status: "400", scimType: "invalidFilter" }],
    ["NOT_FOUND", 404, { error_code: "RESOURCE_DOES_NOT_EXIST", message: "x" }],
    ["NOT_FOUND", 400, "RESOURCE_DOES_NOT_EXIST: No valid token with ID abc found."],
    ["NOT_FOUND", 404, { error_code: "NOT_FOUND", message: "x" }],
    ["NOT_SUPPORTED", 404, { error_code: "ENDPOINT_NOT_FOUND", message: "No API found for 'PATCH /token/1'" }],
    ["NOT_SUPPORTED", 405, ""],
    ["NOT_SUPPORTED", 501, ""],
    ["UNEXPECTED_ANSWER", 404, page("Not found")],
    ["UNEXPECTED_ANSWER", 404, ""],
    ["THROTTLED", 429, ""],
    ["THROTTLED", 400, { error_code: "REQUEST_LIMIT_EXCEEDED", message: "slow down" }],
    ["THROTTLED", 503, { error_code: "RESOURCE_EXHAUSTED", message: "slow down" }],
    ["SERVER_ERROR", 500, ""],
    ["SERVER_ERROR", 502, page("Bad gateway")],
    ["SERVER_ERROR", 503, { error_code: "TEMPORARILY_UNAVAILABLE", message: "x" }],
    ["SERVER_ERROR", 504, "upstream timed out"],
    ["WRONG_HOST", 302, "", { location: "https://accounts.azuredatabricks.net/login?next=x" }],
    ["WRONG_HOST", 303, "", { location: "/login.html" }],
    ["WRONG_HOST", 200, page("Sign in")],
    ["PRIVATE_LINK", 302, "", { location: "/login.html?error=private-link-validation-error:123" }],
    ["UNEXPECTED_ANSWER", 200, "[]"],
    ["UNEXPECTED_ANSWER", 200, '{"token_va'],
    ["UNREACHABLE", 407, ""],
    ["SERVER_ERROR", 408, ""],
    ["SERVER_ERROR", 499, ""],
    ["QUOTA_EXCEEDED", 500, { error_code: "QUOTA_EXCEEDED", message: "600 tokens" }],
    ["QUOTA_EXCEEDED", 500, page("The quota of tokens is exceeded")],
    ["THROTTLED", 500, { error_code: "REQUEST_LIMIT_EXCEEDED", message: "slow down" }],
    // Expiry, in the words that services and gateways were seen to use.
    ["CREDENTIAL_REFUSED", 403, { error_code: 403, message: "JWT has expired" }],
    ["CREDENTIAL_REFUSED", 401, { error_code: "UNAUTHENTICATED", message: "Token expired." }],
    ["CREDENTIAL_REFUSED", 400, { error_code: "BAD_REQUEST", message: "ExpiredJwtException: JWT expired at 2026" }],
    ["CREDENTIAL_REFUSED", 403, { error_code: "ExpiredToken", message: "The security token included is expired" }],
    ["CREDENTIAL_REFUSED", 401, { message: "IDX10223: Lifetime validation failed. The token is expired." }],
    // Not of a credential.
    ["INVALID_REQUEST", 400, { error_code: "INVALID_PARAMETER_VALUE", message: "The trial has expired" }],
    // An identity that is for somewhere else.
    ["CREDENTIAL_REFUSED", 400, { error_code: "BAD_REQUEST", message: "Invalid issuer: https://sts.windows.net/x" }],
    ["CREDENTIAL_REFUSED", 401, { message: "Token audience is not valid" }],
    ["CREDENTIAL_REFUSED", 403, { error_code: 403, message: "The aud claim does not match" }],
  ];
  for (const [code, status, body, headers] of rows) {
    it(`${status} ${JSON.stringify(body || headers || "").slice(0, 70)} is ${code}`, () => {
      const error = answered(status, body, headers);
      assert.equal(error.code, code, error.message);
      assert.ok(error.message.startsWith(host), "names the host");
      // By the status alone: words say nothing of what was done.
      assert.equal(error.ambiguous, status < 300 || status >= 500 || status === 408 || status === 499);
    });
  }

  it("proves a token dead by a 401 or 403 that calls it so, and by nothing else", () => {
    const dead = rows.filter(([, status, body, headers]) => answered(status, body, headers).saysTokenIsDead);
    assert.deepEqual(
      dead.map(([, status]) => status),
      [403, 403, 401, 403, 401, 403, 401],
    );
  });

  it("names the claim that does not fit, and the setting", () => {
    const said = (message: string) => answered(401, { error_code: 401, message }).message;
    assert.match(said("Invalid issuer"), /issuer \(claim iss\).*azureTenantId/);
    assert.match(said("invalid audience"), /audience \(claim aud\).*tokenAudience/);
  });

  it("names the credential and where it comes from", () => {
    const { message } = answered(403, { error_code: 403, message: "Invalid access token." });
    assert.match(message, /\(pat, from DATABRICKS_TOKEN in the environment\)/);
    assert.match(message, /Invalid access token\./);
  });

  it("quotes at most 300 characters, in one line, without tokens", () => {
    const fake = `da${"pi"}${"0123456789abcdef".repeat(2)}-2`;
    const { message } = answered(400, `a\n\r\u2028b ${fake} Bearer ${fake} ${"x".repeat(5_000)}`);
    assert.ok(message.length < 700 && !/[\n\r\u2028]/.test(message));
    assert.doesNotMatch(message, /0123456789abcdef/);
  });

  it("does not quote an echoed credential, whatever it looks like", () => {
    const hide = [new Secret("Bearer correct-horse")];
    const echo = { status: 400, headers: {}, path: "/", host, strategy: "pat", source: "x", hide };
    assert.doesNotMatch(errorFromAnswer({ ...echo, body: "you sent correct-horse" }).message, /correct-horse/);
  });
});

describe("errors of the network", () => {
  const failed = (code: string, message = ""): DatabricksTokensError =>
    errorFromNetwork(Object.assign(new Error(message), { code }), {
      host,
      timeoutMs: 5,
      proxied: false,
      timedOut: false,
    });

  const rows: Array<[cause: string, code: ErrorCode, ambiguous: boolean, transient: boolean]> = [
    ["ENOTFOUND", "UNREACHABLE", false, false],
    ["EAI_AGAIN", "UNREACHABLE", false, true],
    ["ECONNREFUSED", "UNREACHABLE", false, true],
    ["UND_ERR_CONNECT_TIMEOUT", "TIMEOUT", false, true],
    ["ECONNRESET", "UNREACHABLE", true, true],
    ["UND_ERR_SOCKET", "UNREACHABLE", true, true],
    ["EPIPE", "UNREACHABLE", true, true],
    ["CERT_HAS_EXPIRED", "TLS", false, false],
    ["SELF_SIGNED_CERT_IN_CHAIN", "TLS", false, false],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "TLS", false, false],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "TLS", false, false],
    ["ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC", "TLS", true, false],
    ["HPE_INVALID_CONSTANT", "UNEXPECTED_ANSWER", true, false],
    ["WHATEVER", "UNREACHABLE", true, true],
  ];
  for (const [cause, code, ambiguous, transient] of rows) {
    it(`${cause} is ${code}, ${ambiguous ? "" : "not "}ambiguous, ${transient ? "" : "not "}transient`, () => {
      const error = failed(cause);
      assert.deepEqual([error.code, error.ambiguous, isTransient(error)], [code, ambiguous, transient]);
    });
  }

  it("says that a workspace may be gone", () => assert.match(failed("ENOTFOUND").message, /no longer exists/));
  it("a broken handshake was never sent", () => {
    const error = failed(
      "ECONNRESET",
      "Client network socket disconnected before secure TLS connection was established",
    );
    assert.deepEqual([error.code, error.ambiguous], ["TLS", false]);
  });
  it("looks into causes and into several addresses", () => {
    const refused = Object.assign(new Error("no"), { code: "ECONNREFUSED" });
    const error = errorFromNetwork(new Error("x", { cause: new AggregateError([refused]) }), {
      host,
      timeoutMs: 5,
      proxied: false,
      timedOut: false,
    });
    assert.deepEqual([error.code, error.ambiguous], ["UNREACHABLE", false]);
  });
});
