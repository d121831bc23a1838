import { DatabricksTokensError, type ErrorCode } from "../errors";
import { clockSkew } from "../http/clock-skew";
import { readErrorBody } from "../http/error-body";
import { quote } from "../http/quote";
import { type FailedResponse, isAuth, isDead, isExpired, isOfClaim, type Said } from "./refused-credential";

type Rule = readonly [code: ErrorCode, applies: (said: Said) => boolean, toDo: (said: Said) => string];

const signedIn = ({ strategy, source }: FailedResponse): string => `the credential (${strategy}, from ${source})`;
const isSecrets = (path: string): boolean => path.startsWith("/api/2.0/secrets/");
const isRedirect = ({ status }: Said): boolean => status >= 300 && status < 400;

const NO_WORKSPACE =
  "is this a workspace's address? An account console, a proxy's page or a host that is not Databricks answers like this. " +
  "Correct the host, or check the proxy";

/** In order, first that applies: what is certain, and more particular, comes first. "Errors on the wire" are its rows. */
const RULES: readonly Rule[] = [
  [
    "PRIVATE_LINK",
    ({ headers, text }) => /private-link-validation-error/i.test(`${headers["location"] ?? ""} ${text}`),
    () => "the workspace admits private link alone: run this from its network, or by the private address",
  ],
  ["WRONG_HOST", isRedirect, () => `it sends callers elsewhere instead of answering (never followed): ${NO_WORKSPACE}`],
  ["WRONG_HOST", ({ status, html }) => status < 300 && html, () => `it answered with a web page: ${NO_WORKSPACE}`],
  ["UNEXPECTED_ANSWER", ({ status }) => status < 300, () => "that is not the JSON object which the API documents"],
  [
    "QUOTA_EXCEEDED",
    ({ errorCode, text }) =>
      /^(QUOTA_EXCEEDED|RESOURCE_LIMIT_EXCEEDED)$/.test(errorCode) || (/quota/i.test(text) && /tokens/i.test(text)),
    ({ path }) =>
      isSecrets(path)
        ? "the workspace's limit on secrets is reached: delete scopes or keys that nobody reads, then run again"
        : "the workspace's limit is reached (600 tokens for each user): revoke some that nobody uses, then run again",
  ],
  [
    "THROTTLED",
    ({ status, errorCode }) => status === 429 || /^(REQUEST_LIMIT_EXCEEDED|RESOURCE_EXHAUSTED)$/.test(errorCode),
    ({ status }) => `too many requests${status === 429 ? "; nothing was done" : ""}. Run again later`,
  ],
  ["NOT_SUPPORTED", ({ status }) => status === 501 || status === 405, ({ path }) => `it has no such call (${path})`],
  [
    "SERVER_ERROR",
    ({ status }) => status >= 500 || mayHaveTakenEffect(status),
    () => "the workspace is in trouble: run again later; see the cloud's status page if it lasts",
  ],
  ["UNREACHABLE", ({ status }) => status === 407, () => "the proxy asks for credentials: correct HTTPS_PROXY"],
  [
    "IP_ACCESS_LIST",
    ({ text }) => /blocked by .{0,200}IP ACL|IP access list|Source IP address:? \S+ is blocked/i.test(text),
    () => "run this from an address that the workspace's IP access list admits, or have an admin add this one",
  ],
  [
    "TOKENS_DISABLED",
    ({ text }) => /permission to use tokens|tokens? (authentication )?(are|is) (disabled|not enabled)/i.test(text),
    () =>
      "an admin must enable personal access tokens in the workspace's settings, or grant this identity CAN_USE on tokens",
  ],
  [
    "SCOPE_MISSING",
    (said) =>
      isAuth(said) &&
      (/(required|missing|insufficient)\W+(oauth )?scopes?\b|scopes? \S{0,80} ?(is|are) (missing|required)/i.test(
        said.text,
      ) ||
        /\binsufficient_scope\b/.test(said.headers["www-authenticate"] ?? "")),
    (said) =>
      `${signedIn(said)} is alive, but its scopes don't cover this call: ` +
      (isSecrets(said.path) ? "give it one that covers Databricks Secrets" : "token calls need `authentication`"),
  ],
  [
    "CREDENTIAL_REFUSED",
    isOfClaim,
    (said) =>
      `${signedIn(said)} is not for this workspace: its ${/\biss(uer)?\b/i.test(said.text) ? "issuer (claim iss) does not fit. Check azureTenantId, or who issues the identity token" : "audience (claim aud) does not fit. Check tokenAudience, azureEnvironment and the host"}`,
  ],
  [
    "CREDENTIAL_REFUSED",
    (said) => isDead(said) || isExpired(said),
    (said) => `${signedIn(said)} is invalid, expired or revoked: put a valid one there${clockSkew(said.clockOffsetMs)}`,
  ],
  [
    "NOT_A_MEMBER",
    (said) => isAuth(said) && (/user not authorized/i.test(said.text) || said.errorCode === "invalid_client"),
    (said) => `whoever ${signedIn(said)} stands for is not a member of this workspace: have an admin add them`,
  ],
  [
    "NOT_SUPPORTED",
    ({ errorCode, text }) => /^(ENDPOINT_NOT_FOUND|FEATURE_DISABLED)$/.test(errorCode) || /No API found/i.test(text),
    ({ path }) => `this workspace doesn't know the call ${path}`,
  ],
  [
    "NOT_FOUND",
    ({ errorCode, text }) =>
      /^(RESOURCE_DOES_NOT_EXIST|NOT_FOUND)$/.test(errorCode) || /No valid token with ID/i.test(text),
    () => "it is gone, or belongs to another identity",
  ],
  [
    "ALREADY_EXISTS",
    ({ errorCode }) => errorCode === "RESOURCE_ALREADY_EXISTS",
    () => "there is one of that name already: take another name, or remove that one",
  ],
  [
    "LIFETIME_OVER_LIMIT",
    ({ status, text }) => status === 400 && /lifetime/i.test(text) && /exceed|max|longer|greater|limit/i.test(text),
    () => "ask for a shorter lifetimeSeconds, or have an admin raise the workspace's maxTokenLifetimeDays",
  ],
  [
    "PERMISSION_DENIED",
    (said) => isAuth(said) || /^(PERMISSION_DENIED|CUSTOMER_UNAUTHORIZED)$/.test(said.errorCode),
    (said) => `${signedIn(said)} does not admit this call: grant what is missing, or use another one`,
  ],
  [
    "UNEXPECTED_ANSWER",
    ({ status, fromApi }) => status === 404 || !fromApi,
    () => `that is not how a workspace says no: ${NO_WORKSPACE}`,
  ],
  ["INVALID_REQUEST", () => true, () => "correct what was asked for"],
];

/**
 * Whether a call with such an answer may have taken effect, whatever its words: a redirect and a refusal have not. 408
 * and 499 come from somebody in between who has given up waiting.
 */
function mayHaveTakenEffect(status: number): boolean {
  if (status === 408 || status === 499) return true;
  return status < 300 || status >= 500;
}

/** Characters of each part of an answer that patterns look at. */
const MOST_LOOKED_AT = 8_000;

/**
 * The error that an answer means: code, what happened, what to do. Quotes the answer's own words, made safe. A bare 401
 * or 403 is PERMISSION_DENIED: only a reason that calls the token invalid, expired or revoked proves it dead.
 */
export function errorFromResponse(answer: FailedResponse): DatabricksTokensError {
  const body = readErrorBody(answer.body, answer.headers["content-type"]);
  const phrase = answer.headers["x-databricks-reason-phrase"] ?? "";
  // Patterns look at the start alone: nothing worth knowing comes after it, and a page may be endless.
  const text = [body.errorCode, body.message, phrase]
    .map((part) => part.slice(0, MOST_LOOKED_AT).replace(/\s+/g, " "))
    .join(" ");
  const said: Said = { ...answer, errorCode: body.errorCode, text, fromApi: body.fromApi, html: body.html };
  const [code, , toDo] = RULES.find(([, applies]) => applies(said))!;

  const location = isRedirect(said) ? `to ${answer.headers["location"] ?? "nowhere"}` : "";
  // A success that can't be read may hold a new token's value.
  const words = answer.status < 300 ? [] : [location, body.errorCode, body.message || phrase];
  const quoted = quote(words.filter((part) => part !== "").join(": "), answer.hide);
  const where = `${answer.host} answered ${answer.status}${quoted === "" ? "" : ` (${quoted})`}`;
  return new DatabricksTokensError(code, `${where}: ${toDo(said)}`, {
    ambiguous: mayHaveTakenEffect(answer.status),
    saysTokenIsDead: code === "CREDENTIAL_REFUSED" && isDead(said),
  });
}
