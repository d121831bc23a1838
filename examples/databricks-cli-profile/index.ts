import { DatabricksCfgProfile, DatabricksToken, days } from "pulumi-databricks-tokens";

const token = new DatabricksToken("cli", { comment: "Databricks CLI on this machine", lifetimeSeconds: days(30) });

/** In ~/.databrickscfg, or the file that DATABRICKS_CONFIG_FILE names. */
const entry = new DatabricksCfgProfile("cli", {
  profile: "pulumi-dev",
  host: token.host,
  token: token.tokenValue,
});

export const profile = entry.profile;
export const file = entry.file;
