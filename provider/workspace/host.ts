import { DatabricksTokensError } from "../errors";
import { isLoopback, read } from "../http/loopback";
import { quote } from "../http/quote";

/** Hosts of Databricks' account consoles, in every cloud: they know accounts, no workspace's tokens. */
const ACCOUNT_CONSOLE =
  /^accounts(-[a-z0-9]+)?\.([a-z0-9-]+\.)*(azuredatabricks\.net|databricks\.(com|us|azure\.us|azure\.cn))$/;

/** One address for many workspaces, which tells them apart by a header or `?o=`. */
const UNIFIED = /^[a-z0-9-]+\.databricks\.(com|us)$/;

const EXAMPLE = "https://adb-1234567890123456.7.azuredatabricks.net";

/** What an address is read for. */
interface Read {
  readonly origin: string;
  /** As it was written, in lower case. */
  readonly written: string;
  readonly hostname: string;
  /** Of the browser's address: the workspace's id. */
  readonly workspaceId?: string;
}

/**
 * The origin of a workspace (`https://adb-1.2.azuredatabricks.net`: lower case, no path, no trailing slash), from what
 * people have at hand: a bare host name, an origin, or the browser's address with path and query. `from` is for messages.
 *
 * Throws INVALID_HOST (not an address; a name that no workspace can have; http on anything but loopback; another scheme;
 * credentials in it) or WRONG_HOST (an account console). No message quotes what may hold a secret.
 */
export function parseHost(text: string, from?: string): string {
  const { origin, written, hostname } = readHost(text, from);
  if (isName(written) && written === hostname) return origin;
  throw invalidHost(
    `"${shownOf(text)}" is no host name: it has letters, digits and hyphens, with dots between them` +
      (/[$%{}()]/.test(text) ? ". It looks like a variable that nobody has expanded" : ""),
    from,
  );
}

/** As {@link parseHost}, for a host that was taken before: whatever its name, so that an old stack can be destroyed. */
export const originOf = (text: string): string => readHost(text).origin;

/** The workspace's id in the browser's address, `?o=123`. */
export const workspaceIdIn = (text: string): string | undefined => readHost(text).workspaceId;

const MOST_SHOWN = 100;

const shownOf = (text: string): string => quote(text.trim()).slice(0, MOST_SHOWN);
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Letters, digits, hyphens, dots, at least one dot; or this machine. */
function isName(written: string): boolean {
  if (isLoopback(written)) return true;
  const labels = written.split(".");
  return written.length <= 253 && labels.length > 1 && labels.every((label) => LABEL.test(label));
}

const invalidHost = (what: string, from?: string): DatabricksTokensError =>
  new DatabricksTokensError(
    "INVALID_HOST",
    `${what}${from === undefined ? "" : ` (${from})`}; give the workspace's address, such as ${EXAMPLE}`,
  );

function readHost(text: string, from?: string): Read {
  const trimmed = text.trim();
  const invalid = (what: string): DatabricksTokensError => invalidHost(what, from);

  if (trimmed === "") throw invalid("The host is empty");
  // The URL parser would mend these silently, into another host than the one that was meant.
  const mended = /[\s\p{Cc}\\]/u.test(trimmed) || /^[a-z]+:\/(?!\/)/i.test(trimmed) || /^https?:(?!\/)/i.test(trimmed);
  const url = mended ? undefined : read(/^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`);
  // What stands before an @ may be a password.
  if (!url) throw invalid(`The host ${trimmed.includes("@") ? "" : `"${shownOf(trimmed)}" `}is not an address`);
  if (url.username !== "" || url.password !== "") {
    throw invalid("The host has credentials in it (`user:password@`): they would be kept in the state. Leave them out");
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") throw invalid("The host must be an https address");

  const hostname = url.hostname.replace(/\.$/, "");
  const port = url.port === "" ? "" : `:${url.port}`;
  if (hostname === "") throw invalid("The host is not an address");
  if (url.protocol === "http:" && !isLoopback(hostname)) {
    throw invalid(`http would send credentials to ${hostname} in clear; use https (http is for this machine alone)`);
  }
  if (ACCOUNT_CONSOLE.test(hostname)) {
    throw new DatabricksTokensError(
      "WRONG_HOST",
      `${hostname} is an account console, not a workspace: tokens live in workspaces. ` +
        `Give the workspace's own address, such as ${EXAMPLE}`,
    );
  }
  if (UNIFIED.test(hostname)) {
    throw new DatabricksTokensError(
      "WRONG_HOST",
      `${hostname} is a unified host, one address for many workspaces: whose tokens are meant can't be told by it. ` +
        `Give the workspace's own address, such as ${EXAMPLE}`,
    );
  }
  const written = /^(?:[a-z][a-z0-9+.-]*:\/\/)?(\[[^\]]*\]|[^/?#:]*)/i.exec(trimmed)?.[1] ?? "";
  const workspaceId = url.searchParams.get("o");
  return {
    origin: `${url.protocol}//${hostname}${port}`,
    written: written.toLowerCase().replace(/\.$/, ""),
    hostname,
    ...(workspaceId && { workspaceId }),
  };
}
