import type { Input } from "@pulumi/pulumi";

/**
 * Which workspace, and which way to sign in. No secrets: those come at run time from Pulumi config, the environment,
 * or `~/.databrickscfg`, and are never kept with a resource.
 */
export interface WorkspaceArgs {
  /**
   * The workspace's URL, such as `https://adb-1.2.azuredatabricks.net`; https, except for loopback.
   * A change replaces the token: created there first, then revoked here.
   * @default config `databricks:host`, else `DATABRICKS_HOST`, else the profile's host
   */
  host?: Input<string>;
  /** A profile of `~/.databrickscfg` (or of the file that `DATABRICKS_CONFIG_FILE` names). @default `DEFAULT` */
  profile?: Input<string>;
  /** Namespace of the Pulumi config to read, for a second workspace. A plain string. @default `databricks` */
  configNamespace?: Input<string>;
  /** Forces one way to sign in, by its official name, such as `pat`. @default the first that applies */
  authType?: Input<string>;
  /**
   * The Azure resource id of the workspace. Alone it names the workspace: Azure is asked for the address. It also admits
   * a service principal that is no member yet, and says that a host is Azure's whose name does not.
   * @default config `databricks:azureWorkspaceResourceId`, else `DATABRICKS_AZURE_RESOURCE_ID`, else the profile's
   */
  azureWorkspaceResourceId?: Input<string>;
  /**
   * Entra tenant, for the `azure-...` sign-ins.
   * @default config `databricks:azureTenantId`, else `ARM_TENANT_ID`, else the profile's, else the workspace's own
   */
  azureTenantId?: Input<string>;
  /**
   * Entra application (client) id, for the `azure-...` sign-ins. A source that names another one is not used.
   * @default config `databricks:azureClientId`, else `ARM_CLIENT_ID`, else the profile's
   */
  azureClientId?: Input<string>;
  /**
   * Client id of a service principal, for `oauth-m2m`, `github-oidc`, `azure-devops-oidc`, `env-oidc`, `file-oidc`. A
   * source that names another one is not used.
   * @default config `databricks:clientId`, else `DATABRICKS_CLIENT_ID`, else the profile's
   */
  clientId?: Input<string>;
}
