import * as pulumi from "@pulumi/pulumi";
import { DatabricksToken, days } from "pulumi-databricks-tokens";

// The principal: ARM_CLIENT_ID, ARM_CLIENT_SECRET and ARM_TENANT_ID, as azure-native takes them, and
// `npm install @azure/identity`. On a machine with a managed identity ARM_USE_MSI=true instead, and no secret at all.
const ci = new DatabricksToken("ci", {
  comment: "BI gateway",
  lifetimeSeconds: days(30),
  scopes: ["sql"],
  workspace: {
    // pulumi config set azureWorkspaceResourceId /subscriptions/.../providers/Microsoft.Databricks/workspaces/...
    // Azure says which host that is, and admits a principal that is no member of the workspace yet.
    azureWorkspaceResourceId: new pulumi.Config().require("azureWorkspaceResourceId"),
  },
});

export const host = ci.host;
export const owner = ci.owner;
export const token = ci.tokenValue;
