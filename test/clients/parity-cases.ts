import type { WorkspaceInput } from "../../provider/sign-in";

/** What is picked: `pat HOST`, or `none`, `ambiguous`, `refused` (the settings can't be used at all). */
export interface ParityCase {
  readonly title: string;
  /** Text of ~/.databrickscfg. HOST, OTHER, ISSUED and MISSING stand for what a run has. */
  readonly file?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Arguments: of the SDK's Config by their own names, of ours as `workspace`. */
  readonly args?: WorkspaceInput;
  readonly picks: string;
  /** Where the SDK picks otherwise. */
  readonly sdk?: { readonly picks: string; readonly because: string };
}

const ID = "/subscriptions/0-1/resourceGroups/rg/providers/Microsoft.Databricks/workspaces/w";
const HOST = { DATABRICKS_HOST: "HOST" };
const M2M = { DATABRICKS_CLIENT_ID: "id", DATABRICKS_CLIENT_SECRET: "secret" };
const ARM = { ARM_CLIENT_ID: "id", ARM_CLIENT_SECRET: "secret", ARM_TENANT_ID: "tenant" };
const profiles = "[DEFAULT]\nhost = HOST\ntoken = one\n\n[prod]\nhost = OTHER\ntoken = two\n";

export const PARITY: readonly ParityCase[] = [
  { title: "host and token in the environment", env: { ...HOST, DATABRICKS_TOKEN: "t" }, picks: "pat HOST" },
  { title: "the DEFAULT profile", file: profiles, picks: "pat HOST" },
  {
    title: "a profile by the environment",
    file: profiles,
    env: { DATABRICKS_CONFIG_PROFILE: "prod" },
    picks: "pat OTHER",
  },
  { title: "a profile by argument", file: profiles, args: { profile: "prod" }, picks: "pat OTHER" },
  {
    title: "a profile by [__settings__]",
    file: `${profiles}\n[__settings__]\ndefault_profile = prod\n`,
    picks: "pat OTHER",
  },
  {
    title: "keys in capitals, comments on lines of their own",
    file: "# a\n[DEFAULT]\nHOST = HOST\n; b\nTOKEN = t\n",
    picks: "pat HOST",
  },
  {
    title: "a comment behind a value, which is a part of it",
    file: "[DEFAULT]\nhost = HOST ; prod\ntoken = t\n",
    picks: "refused",
  },
  { title: "colons behind keys", file: "[DEFAULT]\nhost: HOST\ntoken: a=b\n", picks: "pat HOST" },
  {
    title: "a header with more behind it",
    file: "[prod] live\nhost = HOST\ntoken = t\n",
    args: { profile: "prod" },
    picks: "pat HOST",
  },
  {
    title: "a profile that stands twice",
    file: "[prod]\nhost = HOST\ntoken = t\n[prod]\nhost = OTHER\n",
    args: { profile: "prod" },
    picks: "refused",
  },
  {
    title: "a profile beside one that stands twice",
    file: "[prod]\nhost = OTHER\n[prod]\n[dev]\nhost = HOST\ntoken = t\n",
    args: { profile: "dev" },
    picks: "pat HOST",
    sdk: { picks: "refused", because: "Python's parser refuses the whole file" },
  },
  {
    title: "nothing inherited from DEFAULT",
    file: "[DEFAULT]\ntoken = t\n[prod]\nhost = HOST\n",
    args: { profile: "prod" },
    picks: "none",
  },
  { title: "an unknown profile", file: profiles, args: { profile: "none" }, picks: "refused" },
  { title: "a file that is none", file: "[DEFAULT]\nhunter2\n", picks: "refused" },
  { title: "nothing at all", picks: "none" },
  { title: "a host alone", env: HOST, picks: "none" },
  { title: "oauth-m2m in the environment", env: { ...HOST, ...M2M }, picks: "oauth-m2m HOST" },
  {
    title: "oauth-m2m in a profile",
    file: "[DEFAULT]\nhost = HOST\nclient_id = i\nclient_secret = s\n",
    picks: "oauth-m2m HOST",
  },
  {
    title: "an id by argument, its secret in the environment",
    env: { ...HOST, DATABRICKS_CLIENT_SECRET: "s" },
    args: { clientId: "i" },
    picks: "oauth-m2m HOST",
  },
  {
    title: "an id in the profile that is asked for, its secret in the environment",
    file: "[ci]\nhost = HOST\nclient_id = i\n",
    env: { DATABRICKS_CONFIG_PROFILE: "ci", DATABRICKS_CLIENT_SECRET: "s" },
    picks: "oauth-m2m HOST",
  },
  { title: "token and oauth-m2m", env: { ...HOST, ...M2M, DATABRICKS_TOKEN: "t" }, picks: "ambiguous" },
  {
    title: "token and Azure's client secret",
    env: { ...HOST, ...ARM, DATABRICKS_TOKEN: "t", DATABRICKS_AZURE_RESOURCE_ID: ID },
    picks: "ambiguous",
  },
  {
    title: "two kinds, one forced by argument",
    env: { ...HOST, ...M2M, DATABRICKS_TOKEN: "t" },
    args: { authType: "pat" },
    picks: "pat HOST",
  },
  {
    title: "two kinds, one forced by the environment",
    env: { ...HOST, ...M2M, DATABRICKS_TOKEN: "t", DATABRICKS_AUTH_TYPE: "oauth-m2m" },
    picks: "oauth-m2m HOST",
  },
  {
    title: "a forced kind that is not there",
    env: { ...HOST, DATABRICKS_TOKEN: "t" },
    args: { authType: "oauth-m2m" },
    picks: "none",
  },
  {
    title: "a token, and half of another kind",
    env: { ...HOST, DATABRICKS_TOKEN: "t", ARM_CLIENT_ID: "i" },
    picks: "pat HOST",
    sdk: { picks: "ambiguous", because: "here only complete kinds count: ARM_CLIENT_ID alone is azure-native's" },
  },
  { title: "DATABRICKS_OIDC_TOKEN", env: { ...HOST, DATABRICKS_OIDC_TOKEN: "ISSUED" }, picks: "env-oidc HOST" },
  {
    title: "a variable with an identity token, forced",
    env: {
      ...HOST,
      DATABRICKS_CLIENT_ID: "i",
      DATABRICKS_OIDC_TOKEN_ENV: "MINE",
      MINE: "ISSUED",
      DATABRICKS_AUTH_TYPE: "env-oidc",
    },
    picks: "env-oidc HOST",
  },
  {
    title: "a variable with an identity token, and the principal's id",
    env: { ...HOST, DATABRICKS_CLIENT_ID: "i", DATABRICKS_OIDC_TOKEN_ENV: "MINE", MINE: "ISSUED" },
    picks: "env-oidc HOST",
    sdk: { picks: "ambiguous", because: "to the SDK an id is another kind (oauth); here it belongs to the exchange" },
  },
  {
    title: "a file with an identity token",
    env: { ...HOST, DATABRICKS_OIDC_TOKEN_FILEPATH: "TOKEN_FILE" },
    picks: "file-oidc HOST",
  },
  {
    title: "the older variable for that file",
    env: { ...HOST, DATABRICKS_OIDC_TOKEN_FILE: "TOKEN_FILE" },
    picks: "file-oidc HOST",
  },
  {
    title: "a file that does not exist",
    env: { ...HOST, DATABRICKS_OIDC_TOKEN_FILEPATH: "MISSING" },
    picks: "file-oidc HOST",
    sdk: { picks: "none", because: "the SDK passes it over in silence; here the sign-in fails with the file's name" },
  },
  {
    title: "a job of GitHub Actions",
    env: { ...HOST, GITHUB: "yes", DATABRICKS_CLIENT_ID: "i" },
    picks: "github-oidc HOST",
  },
  {
    title: "a job of Azure Pipelines",
    env: { ...HOST, DEVOPS: "yes", DATABRICKS_CLIENT_ID: "i" },
    picks: "azure-devops-oidc HOST",
  },
  { title: "a job of Azure Pipelines without an id", env: { ...HOST, DEVOPS: "yes" }, picks: "none" },
  {
    title: "a job of GitHub Actions with a client secret",
    env: { ...HOST, ...M2M, GITHUB: "yes" },
    picks: "oauth-m2m HOST",
  },
  { title: "a job of GitHub Actions without an id", env: { ...HOST, GITHUB: "yes" }, picks: "none" },
  { title: "the Databricks CLI, signed in", env: { ...HOST, PATH: "WITH_DATABRICKS" }, picks: "databricks-cli HOST" },
  {
    title: "the Databricks CLI, and a token",
    env: { ...HOST, PATH: "WITH_DATABRICKS", DATABRICKS_TOKEN: "t" },
    picks: "pat HOST",
  },
  {
    title: "the profile that `databricks auth login` writes",
    file: "[DEFAULT]\nhost = HOST\nauth_type = databricks-cli\n",
    env: { PATH: "WITH_DATABRICKS" },
    picks: "databricks-cli HOST",
  },
  {
    title: "azure-client-secret",
    env: { ...HOST, ...ARM, DATABRICKS_AZURE_RESOURCE_ID: ID },
    picks: "azure-client-secret HOST",
  },
  {
    title: "azure-cli",
    env: { PATH: "WITH_AZ" },
    args: { host: "HOST", azureWorkspaceResourceId: ID },
    picks: "azure-cli HOST",
  },
  {
    title: "a resource id by argument, a host in the environment",
    env: { ...HOST, PATH: "WITH_AZ" },
    args: { azureWorkspaceResourceId: ID },
    picks: "asks Azure",
    sdk: {
      picks: "azure-cli HOST",
      because: "here a program has many workspaces, and the id may be another's than the host",
    },
  },
  {
    title: "a managed identity",
    env: { ...HOST, ARM_USE_MSI: "true", DATABRICKS_AZURE_RESOURCE_ID: ID },
    picks: "azure-msi HOST",
    sdk: { picks: "none", because: "the Python SDK has no azure-msi; Go's has" },
  },
  {
    title: "user name and password",
    env: { ...HOST, DATABRICKS_USERNAME: "u", DATABRICKS_PASSWORD: "p" },
    picks: "refused",
    sdk: { picks: "basic HOST", because: "Databricks has ended basic authentication" },
  },
  { title: "a host by argument, and a profile of another", file: profiles, args: { host: "OTHER" }, picks: "none" },
  {
    title: "a host in the environment, and a profile of the same",
    file: profiles,
    env: HOST,
    picks: "pat HOST",
    sdk: {
      picks: "none",
      because: "the SDK reads no file once a host is set; here the profile is meant for that host",
    },
  },
  {
    title: "a profile's host, and a token in the environment",
    file: "[DEFAULT]\nhost = HOST\n",
    env: { DATABRICKS_TOKEN: "t" },
    picks: "pat HOST",
    sdk: { picks: "none", because: "the SDK reads no file once a token is set" },
  },
  {
    title: "a host by argument, host and token of another in the environment",
    env: { DATABRICKS_HOST: "OTHER", DATABRICKS_TOKEN: "t" },
    args: { host: "HOST" },
    picks: "none",
    sdk: { picks: "pat HOST", because: "the SDK would send one host's token to another" },
  },
  {
    title: "a profile by argument, host and token in the environment",
    file: profiles,
    env: { ...HOST, DATABRICKS_TOKEN: "t" },
    args: { profile: "prod" },
    picks: "pat OTHER",
    sdk: { picks: "pat HOST", because: "here a profile that the program names comes before the environment" },
  },
];
