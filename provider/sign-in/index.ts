export { knowingAzureHost } from "./azure-host";
export { type Credential, type Credentials, credentialsFor } from "./chain";
export { claimsOf } from "./claims";
export { isNamed, isOrigin, names } from "./domains";
export { expectedWorkspace } from "./expected-workspace";
export { type ResolvedHost, resolveHost } from "./resolve-host";
export { type HostSource, type Surroundings, sourcesFor, type WorkspaceInput } from "./sources";
export { SECRET_CONFIG_KEYS } from "./strategies";
export { timeLimitsFrom } from "./time-limits";
