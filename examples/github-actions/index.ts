import { DatabricksToken, days } from "pulumi-databricks-tokens";

// The workflow's environment says where and who: DATABRICKS_HOST, DATABRICKS_CLIENT_ID, and GitHub's own variables.
const nightly = new DatabricksToken("nightly", {
  comment: "nightly export",
  lifetimeSeconds: days(14),
  scopes: ["sql"],
  workspace: { authType: "github-oidc" },
});

export const host = nightly.host;
export const owner = nightly.owner;
export const token = nightly.tokenValue;
