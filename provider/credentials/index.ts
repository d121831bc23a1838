export { knowingAzureHost } from "./azure-host";
export { type Credential, type Credentials, credentialsFor } from "./chain";
export { type Settings, settingsFrom } from "./settings";
export { type HostSource, type ResolvedHost, resolveHost, type Surroundings, type WorkspaceInput } from "./sources";
export { SECRET_CONFIG_KEYS } from "./strategies";
