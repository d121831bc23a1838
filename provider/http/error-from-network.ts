import { DatabricksTokensError, type ErrorCode } from "../errors";

/** What was tried when no answer came. */
export interface Attempt {
  /** Origin of the workspace. */
  readonly host: string;
  /** Milliseconds that the attempt was given. */
  readonly timeoutMs: number;
  /** Whether a proxy stands in between. */
  readonly proxied: boolean;
  /** Whether the attempt was cut off because its time was over. */
  readonly timedOut: boolean;
}

interface Known {
  readonly code: ErrorCode;
  readonly text: string;
  /** The connection was never made: nothing can have happened. */
  readonly neverSent: boolean;
  /** Asking again soon may help. */
  readonly transient: boolean;
}

const row = (code: ErrorCode, neverSent: boolean, transient: boolean, text: string): Known => ({
  code,
  text,
  neverSent,
  transient,
});

const NO_NAME = row("UNREACHABLE", true, false, "has no address: the workspace no longer exists, or the name is wrong");
const NO_ROUTE = row(
  "UNREACHABLE",
  true,
  true,
  "can't be reached from here: check network, VPN, firewall and HTTPS_PROXY",
);
const CUT = row("UNREACHABLE", false, true, "closed the connection before it had answered: run again");
const GARBLED = row(
  "UNEXPECTED_ANSWER",
  false,
  false,
  "gave an answer that is no HTTP: is a proxy or another server there?",
);

const BY_CODE: Readonly<Record<string, Known>> = {
  ENOTFOUND: NO_NAME,
  EAI_NODATA: NO_NAME,
  EAI_NONAME: NO_NAME,
  EAI_AGAIN: row("UNREACHABLE", true, true, "can't be looked up now: check this machine's DNS and network"),
  ECONNREFUSED: row(
    "UNREACHABLE",
    true,
    true,
    "refused the connection: nothing listens there, or a firewall is between",
  ),
  EHOSTUNREACH: NO_ROUTE,
  ENETUNREACH: NO_ROUTE,
  EADDRNOTAVAIL: NO_ROUTE,
  UND_ERR_CONNECT_TIMEOUT: row(
    "TIMEOUT",
    true,
    true,
    "did not take the connection in time: check network and firewall",
  ),
  UND_ERR_PRX_CONN: row("UNREACHABLE", true, true, "was not reached through the proxy: check HTTPS_PROXY and NO_PROXY"),
  UND_ERR_PRX_TLS: row("TLS", true, false, "was not reached: no safe connection to the proxy of HTTPS_PROXY"),
  ECONNRESET: CUT,
  EPIPE: CUT,
  ECONNABORTED: CUT,
  UND_ERR_SOCKET: CUT,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: CUT,
  UND_ERR_HEADERS_OVERFLOW: GARBLED,
};

const CERTIFICATE = /^(CERT_|DEPTH_ZERO_|SELF_SIGNED|UNABLE_TO_|ERR_TLS_CERT|HOSTNAME_MISMATCH|INVALID_CA|CRL_)/;
const TLS_TEXT =
  "could not prove who it is: behind a proxy that inspects TLS set NODE_EXTRA_CA_CERTS to its certificate";
/** TLS failures of the handshake, before anything was sent. */
const HANDSHAKE = /WRONG_VERSION_NUMBER|HANDSHAKE|UNSUPPORTED_PROTOCOL|PACKET_LENGTH_TOO_LONG|UNRECOGNIZED_NAME/;

/** Failures of an established connection have these codes too. */
const OF_CONNECTING = /^(connect|getaddrinfo|query)/;

/** Codes and messages of an error, its causes and, for several addresses tried at once, its parts. */
function* layers(error: unknown, depth = 0): Generator<{ code: string; message: string; syscall: string }> {
  if (!(error instanceof Error) || depth > 4) return;
  const { code = "", syscall = "" } = error as NodeJS.ErrnoException;
  yield { code: String(code), message: error.message, syscall: String(syscall) };
  for (const part of error instanceof AggregateError ? error.errors : []) yield* layers(part, depth + 1);
  yield* layers(error.cause, depth + 1);
}

function recognize(error: unknown): Known | undefined {
  for (const { code, message, syscall } of layers(error)) {
    if (/^Proxy response \(\d+\)/.test(message)) return BY_CODE["UND_ERR_PRX_CONN"];
    if (/before secure TLS connection was established/.test(message)) return row("TLS", true, true, TLS_TEXT);
    const known = BY_CODE[code];
    if (known) return syscall === "" || OF_CONNECTING.test(syscall) ? known : { ...known, neverSent: false };
    if (CERTIFICATE.test(code)) return row("TLS", true, false, TLS_TEXT);
    if (code === "EPROTO" || code.startsWith("ERR_SSL_")) {
      return row("TLS", HANDSHAKE.test(`${code} ${message}`.toUpperCase().replaceAll(" ", "_")), false, TLS_TEXT);
    }
    if (code.startsWith("HPE_")) return GARBLED;
  }
  return undefined;
}

/**
 * The error that a call without an answer means: UNREACHABLE, TLS, TIMEOUT, or UNEXPECTED_ANSWER for what is no HTTP.
 * `ambiguous` unless the connection was certainly never made.
 */
export function errorFromNetwork(error: unknown, attempt: Attempt): DatabricksTokensError {
  const known = attempt.timedOut
    ? row("TIMEOUT", false, true, `did not answer within ${attempt.timeoutMs / 1000} s`)
    : (recognize(error) ?? row("UNREACHABLE", false, true, "could not be asked"));
  const code = [...layers(error)].map((layer) => layer.code).find((part) => part !== "");
  const detail = attempt.timedOut || !code ? "" : ` (${code})`;
  const via = attempt.proxied ? " (through the proxy of HTTPS_PROXY)" : "";
  return new DatabricksTokensError(known.code, `${attempt.host}${via} ${known.text}${detail}`, {
    ambiguous: !known.neverSent,
    cause: withoutData(error),
  });
}

/** A foreign error's words and code alone: some of undici's keep the raw answer, and a token's value with it. */
function withoutData(error: unknown): Error {
  const all = [...layers(error)];
  const code = all.map((layer) => layer.code).find((part) => part !== "");
  const plain = new Error(all.map(({ message }) => message).join(": ") || "no reason given");
  return code === undefined ? plain : Object.assign(plain, { code });
}

/** Whether the same call may succeed if it is made again soon. */
export function isTransient(error: DatabricksTokensError): boolean {
  if (error.code === "SERVER_ERROR" || error.code === "TIMEOUT") return true;
  if (error.code !== "UNREACHABLE" && error.code !== "TLS") return false;
  return error.cause === undefined ? false : (recognize(error.cause)?.transient ?? true);
}
