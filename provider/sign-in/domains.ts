import { isLoopback } from "../http/loopback";
import { originOf } from "../workspace/host";
import type { Source } from "./sources";

/** Whose a host is by its name, and who names it. Pure. */

/** Databricks' domains on Azure, by the names of ARM_ENVIRONMENT without `azure` and `cloud`. */
export const AZURE_DOMAINS = {
  public: "azuredatabricks.net",
  usgovernment: "databricks.azure.us",
  china: "databricks.azure.cn",
} as const;

const DATABRICKS_DOMAINS: readonly string[] = [
  ...Object.values(AZURE_DOMAINS),
  "cloud.databricks.com",
  "gcp.databricks.com",
];

/** `host`: an origin. Only over https does the name say who answers. */
export function isUnder(host: string, domain: string): boolean {
  if (!URL.canParse(host)) return false;
  const { protocol, hostname } = new URL(host);
  return protocol === "https:" && hostname.endsWith(`.${domain}`);
}

export const isAzureHost = (host: string): boolean =>
  Object.values(AZURE_DOMAINS).some((domain) => isUnder(host, domain));

export const isDatabricksHost = (host: string): boolean => DATABRICKS_DOMAINS.some((domain) => isUnder(host, domain));

/** Whether a setting, as people write it, names this host. */
export function names(setting: string | undefined, host: string): boolean {
  if (setting === undefined) return false;
  try {
    return originOf(setting) === host;
  } catch {
    return false;
  }
}

/** Whether today's program, config, environment or profile names this host itself. */
export const isNamed = (host: string, program: { readonly host?: string }, sources: readonly Source[]): boolean =>
  names(program.host, host) || sources.some((source) => names(source.get("host"), host));

/**
 * Whether a host from a state may be signed in to at all: an https origin, or an http one of this machine. The other
 * rules for names hold for new hosts alone, so that an old stack can be destroyed.
 */
export function isOrigin(host: string): boolean {
  if (!URL.canParse(host)) return false;
  const { origin, protocol } = new URL(host);
  return origin === host && (protocol === "https:" || (protocol === "http:" && isLoopback(host)));
}
