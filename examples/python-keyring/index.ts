import { DatabricksToken, days, KeyringEntry } from "pulumi-databricks-tokens";

const token = new DatabricksToken("notebook", {
  comment: "Python on this machine",
  lifetimeSeconds: days(30),
  scopes: ["clusters"],
});

const entry = new KeyringEntry("notebook", { service: "databricks", username: "token", password: token.tokenValue });

export const host = token.host;
export const service = entry.service;
export const username = entry.username;
