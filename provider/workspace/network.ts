import { DatabricksTokensError, type ErrorCode } from "../errors";
import { redact } from "./redact";

/** Failures before a request can have reached the server: nothing has happened there. */
const NEVER_SENT = new Set([
  "ENOTFOUND",
  "EAI_AGAIN",
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);
const TIMEOUTS = new Set([
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
  "UND_ERR_CONNECT_TIMEOUT",
  "ETIMEDOUT",
  "TimeoutError",
  "AbortError",
]);
const TLS = /CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/;

/** The code of a failure of Node or undici: its own, or its cause's. */
function codeOf(error: unknown): string {
  const failure = error as { code?: unknown; name?: unknown; cause?: unknown; errors?: unknown[] } | undefined;
  if (typeof failure?.code === "string") return failure.code;
  if (failure?.errors?.[0]) return codeOf(failure.errors[0]);
  if (failure?.cause) return codeOf(failure.cause);
  return String(failure?.name ?? "");
}

/** The typed error for a call without an answer. */
export function errorFromNetwork(error: unknown, call: string, host: string): DatabricksTokensError {
  const code = codeOf(error);
  const neverSent = NEVER_SENT.has(code) || TLS.test(code);
  const [kind, advice] = explain(code);
  const detail = redact((error as Error).message || code);
  return new DatabricksTokensError(kind, `${host} gave no answer to ${call} (${detail}). ${advice}`, {
    ambiguous: !neverSent,
  });
}

function explain(code: string): [ErrorCode, string] {
  if (code === "ENOTFOUND") {
    return [
      "UNREACHABLE",
      "Its name is not known: it is mistyped, private to another network, or the workspace no longer exists. If it was " +
        "deleted, its tokens are dead with it: remove the resource with `pulumi state delete URN`",
    ];
  }
  if (TLS.test(code)) {
    return [
      "TLS",
      "Its certificate is not trusted here. Behind a proxy that opens TLS, name its CA in NODE_EXTRA_CA_CERTS",
    ];
  }
  if (TIMEOUTS.has(code)) {
    return [
      "TIMEOUT",
      "It took too long. Check network and proxy (HTTPS_PROXY), or raise databricks:httpTimeoutSeconds",
    ];
  }
  return ["UNREACHABLE", "Check network and proxy (HTTPS_PROXY, NO_PROXY), then run the command again"];
}
