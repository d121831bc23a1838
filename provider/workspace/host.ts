import { DatabricksTokensError } from "../errors";
import { isLoopback, read } from "../http/loopback";

/** Hosts of Databricks' account consoles, in every cloud: they know accounts, no workspace's tokens. */
const ACCOUNT_CONSOLE =
  /^accounts(-[a-z0-9]+)?\.([a-z0-9-]+\.)*(azuredatabricks\.net|databricks\.(com|us|azure\.us|azure\.cn))$/;

const EXAMPLE = "https://adb-1234567890123456.7.azuredatabricks.net";

/**
 * The origin of a workspace (`https://adb-1.2.azuredatabricks.net`: lower case, no path, no trailing slash), from what
 * people have at hand: a bare host name, an origin, or the browser's address with path and query.
 *
 * Throws INVALID_HOST (not an address; http on anything but loopback; another scheme; credentials in it) or WRONG_HOST
 * (an account console). No message quotes what may hold a secret.
 */
export function parseHost(text: string): string {
  const trimmed = text.trim();
  const invalid = (what: string): DatabricksTokensError =>
    new DatabricksTokensError("INVALID_HOST", `${what}; give the workspace's address, such as ${EXAMPLE}`);

  if (trimmed === "") throw invalid("The host is empty");
  // The URL parser would mend these silently, into another host than the one that was meant.
  const mended = /[\s\p{Cc}\\]/u.test(trimmed) || /^[a-z]+:\/(?!\/)/i.test(trimmed) || /^https?:(?!\/)/i.test(trimmed);
  const url = mended ? undefined : read(/^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`);
  if (!url) throw invalid("The host is not an address");
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
  return `${url.protocol}//${hostname}${port}`;
}
