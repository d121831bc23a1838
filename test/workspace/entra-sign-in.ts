import type { Answer } from "./answer";
import type { LocalAzure } from "./azure";
import type { Identities, Identity } from "./identities";

const DATABRICKS = /^2ff814a6-3304-4ab8-85cb-cd0e6f879c1d$/;

/** What an Azure workspace takes for a sign-in by Entra ID. */
export interface EntraSignIn {
  readonly azure: LocalAzure;
  readonly resourceId: string;
}

/**
 * Who signs in with a token of Entra ID for Databricks. Whoever may use the workspace's resource in Azure, and shows
 * both headers, becomes a member.
 */
export function withEntra(
  { azure: { entra, arm }, resourceId }: EntraSignIn,
  value: string,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  identities: Identities,
): Identity | undefined {
  const holder = entra.holder(value, DATABRICKS, Date.now());
  if (holder === undefined) return undefined;
  const identity = identities.withClientId(holder) ?? identities.named(holder);
  const shown = headers["x-databricks-azure-sp-management-token"];
  const isInAzure = arm.admits(String(shown ?? "")) === holder;
  const names =
    String(headers["x-databricks-azure-workspace-resource-id"] ?? "").toLowerCase() === resourceId.toLowerCase();
  if (identity && isInAzure && names) identity.member = true;
  return identity;
}

/** `GET /aad/auth`: where an Azure workspace sends people, which names its tenant. */
export function tenantPage(path: string, entra: EntraSignIn | undefined): Answer | undefined {
  if (path !== "/aad/auth" || !entra) return undefined;
  const { origin, entra: tenant } = entra.azure;
  return { status: 302, body: "", headers: { location: `${origin}/${tenant.tenant}/oauth2/authorize?client_id=x` } };
}
