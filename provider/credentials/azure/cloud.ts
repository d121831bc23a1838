import { DatabricksTokensError } from "../../errors";
import { AZURE_DOMAINS, isAzureHost, isUnder } from "../domains";
import type { Settings } from "../strategy";

/** Databricks' application in Entra ID, the same in every cloud. */
export const DATABRICKS_SCOPE = "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d/.default";

/** Where an Azure cloud has its authorities. */
export interface Cloud {
  readonly authority: string;
  /** Scope of the token that shows who a service principal is in Azure; its audience ends in a slash. */
  readonly managementScope: string;
  readonly resourceManager: string;
}

interface Known {
  readonly domain: string;
  readonly cloud: Cloud;
}

const known = (domain: string, authority: string, management: string, resourceManager: string): Known => ({
  domain,
  cloud: { authority, managementScope: `${management}/.default`, resourceManager },
});

/** By the names of ARM_ENVIRONMENT, without `azure` and `cloud`. */
const CLOUDS: Readonly<Record<string, Known>> = {
  public: known(
    AZURE_DOMAINS.public,
    "https://login.microsoftonline.com",
    "https://management.core.windows.net/",
    "https://management.azure.com",
  ),
  usgovernment: known(
    AZURE_DOMAINS.usgovernment,
    "https://login.microsoftonline.us",
    "https://management.core.usgovcloudapi.net/",
    "https://management.usgovcloudapi.net",
  ),
  china: known(
    AZURE_DOMAINS.china,
    "https://login.chinacloudapi.cn",
    "https://management.core.chinacloudapi.cn/",
    "https://management.chinacloudapi.cn",
  ),
};

export const isKnownAuthority = (address: string): boolean =>
  Object.values(CLOUDS).some(({ cloud }) => cloud.authority === address.replace(/\/$/, ""));

/**
 * The cloud by the workspace's domain, else by `azureEnvironment`. AZURE_AUTHORITY_HOST and ARM_ENDPOINT, the variables
 * of Azure's own tools for private clouds, come first.
 */
export function cloudOf({ host, setting, nameOf, surroundings: { env } }: Settings): Cloud {
  const named = (setting("azureEnvironment") ?? "public").toLowerCase().replace(/^azure|cloud$/g, "");
  const byName = CLOUDS[named];
  if (!byName) {
    const text = `There is no Azure cloud by the name in ${nameOf("azureEnvironment")}; there are ${Object.keys(CLOUDS).join(", ")}`;
    throw new DatabricksTokensError("INVALID_CONFIG", text);
  }
  const { cloud } = Object.values(CLOUDS).find(({ domain }) => isUnder(host, domain)) ?? byName;
  const authority = env["AZURE_AUTHORITY_HOST"] || cloud.authority;
  return { ...cloud, authority, resourceManager: (env["ARM_ENDPOINT"] || cloud.resourceManager).replace(/\/$/, "") };
}

/**
 * Entra's tokens hold for every workspace of a tenant: they go to Azure's domains alone, or to the address that Azure
 * gives for the workspace's resource id, which is asked for before any goes out (proved-host.ts).
 */
export function notAzure({ host, setting }: Settings): string | undefined {
  if (isAzureHost(host) || setting("azureWorkspaceResourceId") !== undefined) return undefined;
  return `${host} is no Azure workspace by its name (if it is one, set azureWorkspaceResourceId)`;
}
