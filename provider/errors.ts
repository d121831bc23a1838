import { redact } from "./secret";

/**
 * Every code that this package's errors carry. Codes are stable: scripts may rely on them, texts may improve.
 */
export type ErrorCode =
  // what the workspace answered ("Errors on the wire")
  | "TOKENS_DISABLED" // token authentication is off, or the identity has no CAN_USE
  | "PERMISSION_DENIED"
  | "LIFETIME_OVER_LIMIT"
  | "QUOTA_EXCEEDED"
  | "WRONG_HOST" // account console, or not Databricks
  | "WRONG_WORKSPACE" // another one than the id that was given beside the host
  | "PRIVATE_LINK"
  | "CREDENTIAL_REFUSED"
  | "NOT_A_MEMBER"
  | "IP_ACCESS_LIST"
  | "SCOPE_MISSING" // the credential is alive but its scopes don't cover the call
  | "NOT_FOUND"
  | "ALREADY_EXISTS"
  | "INVALID_REQUEST" // the workspace refused what was asked (400, INVALID_PARAMETER_VALUE, ...)
  | "NOT_SUPPORTED" // the workspace doesn't know the call
  | "THROTTLED"
  | "SERVER_ERROR" // 5xx
  | "UNEXPECTED_ANSWER" // not JSON, or not the shape that the API documents
  // what kept us from an answer
  | "UNREACHABLE" // name not found, refused, reset, closed
  | "TLS"
  | "TIMEOUT"
  | "CLOCK_UNKNOWN" // the workspace's time can't be told, and something depends on it
  // before any call
  | "NO_CREDENTIALS"
  | "AMBIGUOUS_CREDENTIALS"
  | "INVALID_CONFIG"
  | "NO_HOST"
  | "HOST_CHANGED"
  | "INVALID_HOST"
  | "HOST_NOT_NAMED" // only a state names it, so a credential does not go there
  | "INVALID_INPUT"
  | "PACKAGE_NOT_FOUND"
  | "NODE_TOO_OLD"
  // the token's lifecycle
  | "TOO_WIDE"
  | "NOT_PROVED"
  | "CREATION_UNKNOWN"
  | "PATCH_REFUSED"
  | "REVOCATION_REFUSED"
  | "REVOCATION_NOT_CONFIRMED"
  | "ENGINE_GONE"
  | "STATE_NOT_OURS"
  // stores on this machine
  | "ENTRY_EXISTS" // somebody else's entry is there, and `adopt` is not set
  | "ENTRY_AMBIGUOUS" // more than one, or one that a token beside it would clash with
  | "STORE_PATH_REFUSED" // a folder, a FIFO, or a link that others may have put there
  | "STORE_UNREADABLE"
  | "NO_HOME" // this user has no home folder, and HOME names none
  | "STORE_WRITE_FAILED" // disk full, read-only, no permission
  | "STORE_LOCKED" // another process holds the file's lock
  | "KEYRING_NOT_INSTALLED" // the package @napi-rs/keyring is missing
  | "KEYRING_UNAVAILABLE" // this machine has no keyring that answers
  | "KEYRING_LOCKED"
  | "KEYRING_FAILED"
  // secrets of the workspace
  | "SECRET_NAME_INVALID"
  | "SECRET_VALUE_INVALID" // over 128 KB, empty, or no text
  | "SCOPE_NOT_FOUND"
  | "SCOPE_NOT_WRITABLE" // it is kept in an Azure Key Vault
  | "PRINCIPAL_FIXED" // initialManagePrincipal holds at creation alone
  // databricks-tokens write
  | "PULUMI_NOT_FOUND"
  | "STACK_UNREADABLE"
  | "OUTPUT_NOT_FOUND"
  | "OUTPUT_AMBIGUOUS"
  | "OUTPUT_UNUSABLE" // not a text, or not one that can be a token
  // databricks-tokens audit
  | "RUN_UNDER_WAY" // a Pulumi run holds the stack's lock
  | "LOCK_UNKNOWN" // whether one does can't be told
  | "REPORT_NOT_WRITTEN" // the page of --html
  | "UNEXPECTED"; // a defect of this package

/** Not the `ErrorOptions` of ES2022: a program that is compiled for an older `lib` has no such type. */
export interface ErrorOptionsWithOutcome {
  /** What failed underneath. */
  readonly cause?: unknown;
  /** `true`: the request may have taken effect although it failed. Default `false`. */
  readonly ambiguous?: boolean;
  /** `true`: the answer calls the token that was shown invalid, expired or revoked. Default `false`. */
  readonly saysTokenIsDead?: boolean;
}

/** The one family of errors of this package: what happened and what to do, with a stable code; never a secret. */
export class DatabricksTokensError extends Error {
  readonly code: ErrorCode;
  /** What happened and what to do, without the code. */
  readonly text: string;
  /** Whether the failed request may have taken effect on the server all the same. */
  readonly ambiguous: boolean;
  /** Whether the answer called the token that was shown invalid, expired or revoked. Nothing else proves one dead. */
  readonly saysTokenIsDead: boolean;

  constructor(code: ErrorCode, message: string, options: ErrorOptionsWithOutcome = {}) {
    const text = redact(message);
    super(`${text} [${code}]`, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "DatabricksTokensError";
    this.code = code;
    this.text = text;
    this.ambiguous = options.ambiguous ?? false;
    this.saysTokenIsDead = options.saysTokenIsDead ?? false;
  }
}

/** Whether an error is ours and has one of these codes. */
export const hasCode = (error: unknown, ...codes: readonly ErrorCode[]): error is DatabricksTokensError =>
  error instanceof DatabricksTokensError && codes.includes(error.code);

/** What codes mean together; whether a call may have taken effect is the error's own `ambiguous`. */

/** A credential that can't be used, as opposed to a workspace that can't be asked: another one may do. */
export const REFUSED = [
  "CREDENTIAL_REFUSED",
  "NOT_A_MEMBER",
  "PERMISSION_DENIED",
  "SCOPE_MISSING",
  "TOKENS_DISABLED",
] as const satisfies readonly ErrorCode[];

/** The workspace itself can't be asked, whoever signs in. */
export const NOBODY_CAN = [
  "UNREACHABLE",
  "TLS",
  "WRONG_HOST",
  "WRONG_WORKSPACE",
  "PRIVATE_LINK",
  "THROTTLED",
] as const satisfies readonly ErrorCode[];

/** What a workspace that no longer exists answers; so does one that can't be reached just now. */
export const PERHAPS_DELETED = ["UNREACHABLE", "TLS", "WRONG_HOST", "TIMEOUT"] as const satisfies readonly ErrorCode[];

/** The workspace, or what issues its tokens, was not in a state to answer. */
export const NO_ANSWER = [
  "UNREACHABLE",
  "TIMEOUT",
  "THROTTLED",
  "SERVER_ERROR",
  "UNEXPECTED_ANSWER",
] as const satisfies readonly ErrorCode[];

/** How workspaces keep what they have from those who may not see it. */
export const WITHHELD = [
  "PERMISSION_DENIED",
  "SCOPE_MISSING",
  "NOT_SUPPORTED",
  "NOT_FOUND",
] as const satisfies readonly ErrorCode[];

/** Of several failures these say least: that somebody may not tells less than that somebody else could not just now. */
export const SAYS_LEAST = ["NOT_FOUND", "NO_CREDENTIALS"] as const satisfies readonly ErrorCode[];

/** Asking for a token again would give the same answer, whether or not the attempt took effect. */
export const ENDS_THE_MINT = [
  "QUOTA_EXCEEDED",
  "TOKENS_DISABLED",
  "PERMISSION_DENIED",
  "NOT_A_MEMBER",
  "SCOPE_MISSING",
  "IP_ACCESS_LIST",
] as const satisfies readonly ErrorCode[];

export const isRefusal = (error: unknown): error is DatabricksTokensError => hasCode(error, ...REFUSED);
