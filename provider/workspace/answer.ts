import { DatabricksTokensError, type ErrorCode } from "../errors";
import { redact } from "./redact";

/** An answer of a workspace that is not a success, and who asked. */
export interface FailedAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  readonly host: string;
  /** `METHOD path`, for the message. */
  readonly call: string;
  /** How and from where the caller signed in. */
  readonly strategy: string;
  readonly source: string;
  /** Values that must not show even if the server echoes them. */
  readonly secrets?: readonly string[];
}

interface Reason {
  /** The service's own code, if it gave a symbolic one. */
  readonly symbol: string;
  readonly message: string;
}

/** What the service says, from any of the shapes in which it says it. */
export function reasonOf(answer: Pick<FailedAnswer, "headers" | "body">): Reason {
  const header = answer.headers["x-databricks-reason-phrase"];
  const phrase = (Array.isArray(header) ? header[0] : header) ?? "";
  const { body } = answer;
  try {
    const json = JSON.parse(body) as Record<string, unknown> | null;
    if (json && typeof json === "object") {
      const symbol = [json["error_code"], json["error"], json["scimType"]].find(
        (value) => typeof value === "string" && value !== "",
      );
      const message = [json["message"], json["error_description"], json["detail"], symbol, phrase].find(
        (value) => typeof value === "string" && value !== "",
      );
      return { symbol: String(symbol ?? ""), message: String(message ?? "") };
    }
  } catch {
    // Not JSON: text or HTML.
  }
  const text = /^\s*([A-Z][A-Z0-9_]{3,}): ([\s\S]+)$/.exec(body);
  if (text) return { symbol: text[1]!, message: text[2]! };
  const pre = /<pre>([\s\S]*?)<\/pre>/i.exec(body)?.[1];
  const title = /<title>([\s\S]*?)<\/title>/i.exec(body)?.[1];
  const html = (pre ?? title ?? "").replace(/<[^>]*>/g, " ").replace(/^\s*Error \d+\s*/, "");
  return { symbol: "", message: phrase || html || (/<html/i.test(body) ? "a web page" : body) };
}

/** A 429, or a body that says as much: not processed, so it may be asked again. */
export function isThrottled(answer: Pick<FailedAnswer, "status" | "headers" | "body">): boolean {
  if (answer.status === 429) return true;
  return answer.status >= 400 && /^(REQUEST_LIMIT_EXCEEDED|RESOURCE_EXHAUSTED)$/.test(reasonOf(answer).symbol);
}

type Row = readonly [
  when: (a: FailedAnswer, r: Reason) => boolean,
  code: ErrorCode,
  advice: (a: FailedAnswer) => string,
];

const says =
  (pattern: RegExp) =>
  (_: FailedAnswer, { message, symbol }: Reason): boolean =>
    pattern.test(message) || pattern.test(symbol);
const location = (answer: FailedAnswer): string => String(answer.headers["location"] ?? "");

/** "Errors on the wire": the first row that fits decides. */
const ROWS: readonly Row[] = [
  [
    (a) => a.status >= 300 && a.status < 400 && /private-link-validation-error/.test(location(a)),
    "PRIVATE_LINK",
    () => "It is reached by private link only. Run from a network that has it",
  ],
  [
    (a) => a.status >= 300 && a.status < 400,
    "WRONG_HOST",
    () => "It sent the call to another page, as an account console or a login page does. Name the workspace's own URL",
  ],
  [
    (a) => a.status < 300,
    "UNEXPECTED_ANSWER",
    () => "It answered with something else than the API's JSON. Check the host, and proxies on the way",
  ],
  [
    says(/IP (ACL|access list)|Source IP address/i),
    "IP_ACCESS_LIST",
    () =>
      "This machine's address is not on the workspace's IP access list. Run from an allowed network, or have it added",
  ],
  [
    says(/permission to use tokens|tokens? (are|is|authentication is) (currently )?disabled/i),
    "TOKENS_DISABLED",
    () =>
      "Token authentication is off for this workspace, or the identity lacks CAN_USE. An administrator enables it in the " +
      "workspace's settings (Advanced, Personal access tokens) or grants the permission",
  ],
  [
    (a, r) =>
      (a.status === 401 || a.status === 403) &&
      says(/(required|missing|insufficient|sufficient) scope|scopes?: |insufficient_scope/i)(a, r),
    "SCOPE_MISSING",
    (a) =>
      `The token of ${a.source} lacks an API scope; token calls need one without scopes, or with \`authentication\``,
  ],
  [
    (a, r) =>
      (a.status === 401 || a.status === 403) &&
      says(/invalid (access )?token|token (is|has been|was) (expired|revoked|invalid)|expired (access )?token/i)(a, r),
    "CREDENTIAL_REFUSED",
    (a) =>
      `The sign-in by ${a.strategy} from ${a.source} was refused: the credential is expired, revoked or mistyped. Replace it there`,
  ],
  [
    says(/User not authorized|invalid_client|not a member|User .* does not exist in/i),
    "NOT_A_MEMBER",
    (a) => `The identity of ${a.source} is no member of this workspace. An administrator adds it`,
  ],
  [
    says(/QUOTA_EXCEEDED|token quota/i),
    "QUOTA_EXCEEDED",
    () => "The identity has as many tokens as a workspace allows (600). Revoke some that nobody uses",
  ],
  [
    says(/lifetime|max(imum)? token|Invalid timeout/i),
    "LIFETIME_OVER_LIMIT",
    () => "Ask for a shorter lifetimeSeconds, or have an administrator raise maxTokenLifetimeDays",
  ],
  [
    says(/ENDPOINT_NOT_FOUND|No API found|FEATURE_DISABLED|not supported|METHOD_NOT_ALLOWED/i),
    "NOT_SUPPORTED",
    () => "The workspace does not know this call. Check that the host is a workspace's own URL",
  ],
  [
    (a, r) => a.status === 405 || a.status === 501 || (a.status === 404 && r.symbol === "" && /<html|^$/i.test(a.body)),
    "NOT_SUPPORTED",
    () => "The workspace does not know this call. Check that the host is a workspace's own URL",
  ],
  [
    (a, r) => a.status === 404 || /^(NOT_FOUND|RESOURCE_DOES_NOT_EXIST)$/.test(r.symbol),
    "NOT_FOUND",
    () => "It knows no such thing, or it is another identity's",
  ],
  [(a) => isThrottled(a), "THROTTLED", () => "It asks for fewer calls. Run the command again later"],
  [(a) => a.status >= 500, "SERVER_ERROR", () => "Run the command again; if it stays, see the service's status page"],
  [
    (a) => a.status === 401,
    "UNEXPECTED_ANSWER",
    (a) =>
      `It did not accept the sign-in by ${a.strategy} from ${a.source}, and gave no reason that says the credential is dead`,
  ],
  [
    (a) => a.status === 403,
    "PERMISSION_DENIED",
    (a) => `The identity of ${a.source} may not do this. An administrator can grant it`,
  ],
  [() => true, "INVALID_REQUEST", () => "Correct the input that it names"],
];

/** The typed error for an answer that is no success: what the service said, and what to do. */
export function errorFromAnswer(answer: FailedAnswer): DatabricksTokensError {
  const reason = reasonOf(answer);
  const [, code, advice] = ROWS.find(([when]) => when(answer, reason))!;
  const said = redact(
    [reason.symbol === reason.message ? "" : reason.symbol, reason.message].filter(Boolean).join(": "),
    answer.secrets,
  );
  const ambiguous =
    code === "SERVER_ERROR" || (code === "UNEXPECTED_ANSWER" && answer.status < 300 && !/<html/i.test(answer.body));
  return new DatabricksTokensError(
    code,
    `${answer.host} answered ${answer.call} with ${answer.status}${said && ` (${said})`}. ${advice(answer)}`,
    { ambiguous },
  );
}
