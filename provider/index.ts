export type { WorkspaceArgs } from "./program/workspace-args";

import "./node-version";

export { SecretScope, type SecretScopeArgs } from "./databricks-secrets/scope";
export { Secret, type SecretArgs } from "./databricks-secrets/secret";
export { DatabricksTokensError, type ErrorCode } from "./errors";
export { DatabricksCfgProfile, type DatabricksCfgProfileArgs } from "./machine/databricks-cfg-profile";
export { KeyringEntry, type KeyringEntryArgs } from "./machine/keyring-entry";
export { NetrcEntry, type NetrcEntryArgs } from "./machine/netrc-entry";
export type { DatabricksTokenArgs } from "./token/args";
export { DatabricksToken } from "./token/resource";
export { days, hours } from "./token/schedule";
