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
   * Client id of a service principal, for `oauth-m2m`, `github-oidc`, `env-oidc`, `file-oidc`. A source that names
   * another one is not used.
   * @default config `databricks:clientId`, else `DATABRICKS_CLIENT_ID`, else the profile's
   */
  clientId?: Input<string>;
}

/** Arguments of {@link DatabricksToken}. */
export interface DatabricksTokenArgs {
  /**
   * What the token is for. On the server a marker is appended that names this stack and resource.
   * Changed in place. At most 1,024 characters with the marker.
   * @default empty
   */
  comment?: Input<string>;
  /**
   * How long a token lives, in seconds: a whole number from 1 to 2^31; `days(90)`, `hours(12)` help.
   * A change rotates. The workspace may have a lower limit (`LIFETIME_OVER_LIMIT`).
   * @default 90 days
   */
  lifetimeSeconds?: Input<number>;
  /**
   * API scopes of the token, such as `["clusters", "jobs"]`; left out, it may do all that its owner may.
   * Changed in place; removing them rotates. `authentication` needs `allowTokenMinting`.
   */
  scopes?: Input<Input<string>[]>;
  /** Lets Databricks derive the scopes from use. A change rotates. @default the workspace's */
  autoscopeEnabled?: Input<boolean>;
  /** Allows the scope `authentication`, whose holder can mint tokens with any scope. @default false */
  allowTokenMinting?: Input<boolean>;
  /**
   * Seconds from one token to the next; `0`: only once it is dead. Rotation happens in an `up`.
   * @default two thirds of the lifetime
   */
  rotateEverySeconds?: Input<number>;
  /**
   * Seconds that a token lives on after its successor was minted; a later `up` revokes it. Cut by its own expiry.
   * @default a third of the lifetime
   */
  overlapSeconds?: Input<number>;
  /** Any change of this map rotates at the next `up`. */
  triggers?: Input<Record<string, Input<string>>>;
  /** Which workspace, and which way to sign in. @default all from config, environment and profile */
  workspace?: Input<WorkspaceArgs>;
}

/** The names of all arguments. */
export const ARGUMENTS = [
  "comment",
  "lifetimeSeconds",
  "scopes",
  "autoscopeEnabled",
  "allowTokenMinting",
  "rotateEverySeconds",
  "overlapSeconds",
  "triggers",
  "workspace",
] as const satisfies ReadonlyArray<keyof DatabricksTokenArgs>;
