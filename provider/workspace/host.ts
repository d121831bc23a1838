import { DatabricksTokensError } from "../errors";

/** Hosts of Databricks' account consoles: they know no workspace tokens. */
const ACCOUNT_HOST =
  /^accounts(-[a-z0-9]+)?\.(azuredatabricks\.net|databricks\.azure\.(us|cn)|(cloud|gcp)\.databricks\.com|databricks\.com)$/;

const hasScheme = (text: string): boolean => /^[a-z][a-z0-9+.-]*:\/\//i.test(text);

/** Whether a host name is this machine itself: the one place where http is allowed. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/**
 * A workspace's origin, such as `https://adb-1.2.azuredatabricks.net`: https:// is added, path and query are dropped.
 * @throws DatabricksTokensError INVALID_HOST; WRONG_HOST for an account console. Never echoes credentials.
 */
export function parseHost(text: string): string {
  const trimmed = text.trim();
  let url: URL;
  try {
    url = new URL(hasScheme(trimmed) ? trimmed : `https://${trimmed}`);
  } catch {
    throw invalid("is not the URL of a workspace");
  }
  if (url.username !== "" || url.password !== "")
    throw invalid("holds credentials; leave them out, they belong elsewhere");
  if (url.protocol !== "https:" && url.protocol !== "http:")
    throw invalid(`starts with ${url.protocol}//, not with https://`);
  if (url.hostname === "") throw invalid("is empty");
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    throw invalid("is http: a token would cross the network in clear. Use https (http is for loopback alone)");
  }
  if (ACCOUNT_HOST.test(url.hostname)) {
    throw new DatabricksTokensError(
      "WRONG_HOST",
      `${url.hostname} is an account console, which has no tokens of workspaces. Name the workspace's own URL, ` +
        "such as https://adb-1234567890123456.7.azuredatabricks.net",
    );
  }
  return url.origin;
}

const invalid = (what: string): DatabricksTokensError =>
  new DatabricksTokensError(
    "INVALID_HOST",
    `The workspace's host ${what}. It looks like https://adb-1234567890123456.7.azuredatabricks.net`,
  );
