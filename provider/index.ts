import "./node-version";

export { DatabricksTokensError, type ErrorCode } from "./errors";
export type { DatabricksTokenArgs, WorkspaceArgs } from "./token/args";
export { days, hours } from "./token/schedule";
export { DatabricksToken } from "./token/token";
