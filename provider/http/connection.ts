import type { Dispatcher } from "undici";
import { DatabricksTokensError } from "../errors";
import { isLoopback } from "./loopback";

/** Connections to one workspace at most: as wide as the engine runs resources by default on a big machine. */
const CONNECTIONS = 64;
const CONNECT_TIMEOUT_MS = 10_000;

/** Loaded for the first call: an `up` without changes makes none, and is a tenth of a second quicker for it. */
const undici = (): typeof import("undici") => require("undici");

export type Environment = Readonly<Record<string, string | undefined>>;

/** The proxy's settings in an environment; lower case wins, as in curl. */
export function proxySettings(env: Environment): { httpsProxy: string; noProxy: string } {
  return {
    httpsProxy: env["https_proxy"] || env["HTTPS_PROXY"] || "",
    noProxy: env["no_proxy"] || env["NO_PROXY"] || "",
  };
}

export interface Connection {
  readonly dispatcher: Dispatcher;
  /** Whether a proxy is set for this host; NO_PROXY may still except it. */
  readonly proxied: boolean;
}

/**
 * A pool of kept connections to one workspace. HTTPS_PROXY and NO_PROXY are honoured. Loopback is never proxied: for a
 * proxy elsewhere it is another machine. As http is for loopback alone, HTTP_PROXY never applies.
 *
 * HTTP/1.1 only: there a lost connection ends one call, and which of them may have taken effect stays plain.
 */
export function connectTo(host: string, timeoutMs: number, env: Environment): Connection {
  const { httpsProxy, noProxy } = proxySettings(env);
  const connectTimeout = Math.min(CONNECT_TIMEOUT_MS, Math.ceil(timeoutMs * 0.8));
  const pool = { connections: CONNECTIONS, pipelining: 1, allowH2: false, connect: { timeout: connectTimeout } };
  if (httpsProxy === "" || isLoopback(host)) return { dispatcher: new (undici().Agent)(pool), proxied: false };
  const uri = proxyAddress(httpsProxy);
  // An empty text is "none"; undefined would have undici look into the process's environment.
  const { EnvHttpProxyAgent } = undici();
  return { dispatcher: new EnvHttpProxyAgent({ ...pool, httpProxy: "", httpsProxy: uri, noProxy }), proxied: true };
}

/**
 * The proxy's address, fit for undici, whose own parser throws a bare `URI malformed` or quotes the password: what curl
 * takes in user name and password, a bare `%` or a backslash, is encoded.
 * @throws DatabricksTokensError INVALID_CONFIG, which quotes nothing of it
 */
function proxyAddress(setting: string): string {
  const invalid = (what: string): DatabricksTokensError =>
    new DatabricksTokensError("INVALID_CONFIG", `HTTPS_PROXY ${what}; give http://HOST:PORT`);
  const text = setting.trim();
  if (/^(["'`]).*\1$/s.test(text)) throw invalid("is in quotes: leave them out");
  const [, scheme = "http://", rest = ""] = /^([a-z][a-z0-9+.-]*:\/\/)?(.*)$/is.exec(text) ?? [];
  const at = rest.lastIndexOf("@");
  const signIn = rest
    .slice(0, at + 1)
    .replace(/%(?![0-9a-f]{2})/gi, "%25")
    .replace(/[\\/?#[\]^|\s]/g, encodeURIComponent);
  const uri = `${scheme}${signIn}${rest.slice(at + 1)}`;
  if (!URL.canParse(uri) || !/^https?:$/.test(new URL(uri).protocol)) throw invalid("is no http(s) address");
  try {
    decodeURIComponent(signIn);
  } catch {
    throw invalid("has a user name or password whose %-escapes are no UTF-8: encode them anew");
  }
  return uri;
}
