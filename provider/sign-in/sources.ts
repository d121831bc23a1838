import { DatabricksTokensError } from "../errors";
import { fromHome } from "./paths";
import { type Profile, readProfiles } from "./profiles";

/** The `workspace` input, resolved: which workspace, and which way to sign in. No secrets. */
export interface WorkspaceInput {
  readonly host?: string;
  readonly profile?: string;
  readonly configNamespace?: string;
  readonly authType?: string;
  readonly azureWorkspaceResourceId?: string;
  readonly azureTenantId?: string;
  readonly azureClientId?: string;
  readonly clientId?: string;
}

/** Where settings come from; handed in, so that nothing here reads the machine by itself. */
export interface Surroundings {
  /** A value of Pulumi's config by its full key; stale in a plain refresh or destroy. */
  config(key: string): string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** undefined: there is no such file. */
  readFile(path: string): string | undefined;
  readonly home: string;
  /** What `knowingAzureHost` has looked up; throws why it could not. */
  hostOfResource?(resourceId: string): string | undefined;
}

export type HostSource = "workspace" | "config" | "environment" | "profile";

/** The settings that one place holds, by the names of `@pulumi/databricks`. */
export interface Source {
  readonly kind: HostSource;
  /** For people: `Pulumi config`, `the environment`, `profile prod of ~/.databrickscfg`. */
  readonly title: string;
  /** How a setting is called there: `databricks:token`, `DATABRICKS_TOKEN`, `token`. */
  nameOf(setting: string): string;
  get(setting: string): string | undefined;
  /** Of a profile: its name. */
  readonly profile?: string;
  /** Why the source can't be read. It matters only to whom no source before it serves. */
  readonly problem?: DatabricksTokensError;
}

export const namespaceOf = (workspace: WorkspaceInput): string => workspace.configNamespace ?? "databricks";

const snake = (setting: string): string => setting.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
/** What the environment calls otherwise: Azure's settings as Azure's tools do. */
const VARIABLES: Readonly<Record<string, string>> = {
  azureClientId: "ARM_CLIENT_ID",
  azureClientSecret: "ARM_CLIENT_SECRET",
  azureTenantId: "ARM_TENANT_ID",
  azureEnvironment: "ARM_ENVIRONMENT",
  azureUseMsi: "ARM_USE_MSI",
  azureWorkspaceResourceId: "DATABRICKS_AZURE_RESOURCE_ID",
  databricksCliPath: "DATABRICKS_CLI_PATH",
};
/** Second names that official clients take. */
const ALIASES: Readonly<Record<string, string>> = {
  oidcTokenFilepath: "databricksIdTokenFilepath",
  tokenAudience: "audience",
};

/**
 * The sources in order: config, environment, profile. A profile that `workspace` names comes first: it was asked for.
 */
export function sourcesFor(workspace: WorkspaceInput, surroundings: Surroundings): Source[] {
  const config = configSource(namespaceOf(workspace), surroundings);
  const environment = environmentSource(surroundings);
  const profile = readableProfile(workspace, config, environment, surroundings);
  if (!profile) return [config, environment];
  return workspace.profile !== undefined ? [profile, config, environment] : [config, environment, profile];
}

function configSource(namespace: string, { config }: Surroundings): Source {
  const nameOf = (setting: string): string => `${namespace}:${setting}`;
  const get = (setting: string): string | undefined =>
    config(nameOf(setting)) || (ALIASES[setting] && config(nameOf(ALIASES[setting]))) || undefined;
  return { kind: "config", title: "Pulumi config", nameOf, get };
}

function environmentSource({ env }: Surroundings): Source {
  const nameOf = (setting: string): string => VARIABLES[setting] ?? `DATABRICKS_${snake(setting).toUpperCase()}`;
  const get = (setting: string): string | undefined => env[nameOf(setting)] || unsaid[setting]?.(env) || undefined;
  return { kind: "environment", title: "the environment", nameOf, get };
}

/** What holds for settings that the environment does not name. */
const unsaid: Readonly<Record<string, (env: Surroundings["env"]) => string | undefined>> = {
  oidcTokenEnv: (env) => (env["DATABRICKS_OIDC_TOKEN"] ? "DATABRICKS_OIDC_TOKEN" : undefined),
  oidcTokenFilepath: (env) => env["DATABRICKS_OIDC_TOKEN_FILE"],
};

/** The profile; one that can't be read holds the reason. */
function readableProfile(
  workspace: WorkspaceInput,
  config: Source,
  environment: Source,
  surroundings: Surroundings,
): Source | undefined {
  try {
    return profileSource(workspace, config, environment, surroundings);
  } catch (error) {
    const problem =
      error instanceof DatabricksTokensError
        ? error
        : new DatabricksTokensError("INVALID_CONFIG", `The profile can't be read: ${(error as Error).message}`);
    return { kind: "profile", title: "the profile", nameOf: snake, get: () => undefined, problem };
  }
}

/** The CLI's own section: not a profile, it names the one to take where nobody asks for another. */
const SETTINGS = "__settings__";

function profileSource(
  workspace: WorkspaceInput,
  config: Source,
  environment: Source,
  surroundings: Surroundings,
): Source | undefined {
  const { env, readFile } = surroundings;
  const named = workspace.profile ?? config.get("profile") ?? (env["DATABRICKS_CONFIG_PROFILE"] || undefined);
  const shown = environment.get("configFile") ?? "~/.databrickscfg";
  const path = fromHome(shown, () => surroundings.home);
  const text = readFile(path);
  const profiles = text === undefined ? new Map<string, Profile>() : readProfiles(text, shown);
  const own = profiles.get(SETTINGS);
  if (named === undefined && own?.problem) throw own.problem;
  const byDefault = own?.settings.get("default_profile") || undefined;
  profiles.delete(SETTINGS);
  const name = named ?? byDefault ?? "DEFAULT";
  const profile = profiles.get(name);
  if (!profile) {
    if (named === undefined && byDefault === undefined) return undefined;
    throw new DatabricksTokensError(
      "INVALID_CONFIG",
      text === undefined
        ? `Profile ${name} is asked for, but there is no file ${shown}`
        : `${shown} has no profile ${name}; there are ${[...profiles.keys()].join(", ") || "none"}`,
    );
  }
  if (profile.problem) throw profile.problem;
  const { settings } = profile;
  return {
    kind: "profile",
    title: `profile ${name} of ${shown}`,
    profile: name,
    nameOf: snake,
    get: (setting) =>
      settings.get(snake(setting)) || (ALIASES[setting] && settings.get(snake(ALIASES[setting]))) || undefined,
  };
}
