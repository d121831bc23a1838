import { DatabricksToken, days } from "pulumi-databricks-tokens";

const ci = new DatabricksToken("ci", {
  comment: "deploy from CI",
  lifetimeSeconds: days(90),
  scopes: ["clusters", "jobs"],
});

export const ciToken = ci.tokenValue;
export const tokenId = ci.tokenId;
export const host = ci.host;
export const expiresAt = ci.expiresAt;
export const rotatesAt = ci.rotatesAt;
