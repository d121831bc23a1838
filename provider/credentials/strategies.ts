import { pat } from "./pat";
import type { Strategy } from "./strategy";

const later = (name: string, ...needs: string[]): Strategy => ({ name, needs });

/** The ways to sign in, in the order of the official clients. A new one is a file of its own and its place in here. */
export const STRATEGIES: readonly Strategy[] = [
  pat,
  later("basic", "username", "password"),
  later("oauth-m2m", "clientId", "clientSecret"),
  later("databricks-cli"),
  later("github-oidc"),
  later("env-oidc", "oidcTokenEnv"),
  later("file-oidc", "oidcTokenFilepath"),
  later("azure-msi", "azureUseMsi"),
  later("azure-client-secret", "azureClientId", "azureClientSecret", "azureTenantId"),
  later("azure-cli"),
];

/** Config keys that are secrets: Pulumi must have them by `--secret`. */
export const SECRET_CONFIG_KEYS: readonly string[] = ["token", "password", "clientSecret", "azureClientSecret"];
