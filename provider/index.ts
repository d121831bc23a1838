import "./node-version";

export { DatabricksTokensError, type ErrorCode } from "./errors";
export { DatabricksCfgProfile, type DatabricksCfgProfileArgs } from "./stores/databricks-cfg-profile";
export { SecretScope, type SecretScopeArgs } from "./stores/databricks-secrets/scope";
export { Secret, type SecretArgs } from "./stores/databricks-secrets/secret";
export { KeyringEntry, type KeyringEntryArgs } from "./stores/keyring-entry";
export { NetrcEntry, type NetrcEntryArgs } from "./stores/netrc-entry";
export type { DatabricksTokenArgs, WorkspaceArgs } from "./token/args";
export { days, hours } from "./token/schedule";
export { DatabricksToken } from "./token/token";
