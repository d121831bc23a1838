// The submodule alone: all of azure-native takes twice the time to load.
import { Workspace } from "@pulumi/azure-native/databricks";
import * as pulumi from "@pulumi/pulumi";
import { DatabricksToken, days } from "pulumi-databricks-tokens";

const config = new pulumi.Config();
const subscription = config.require("subscription");

const workspace = new Workspace("analytics", {
  resourceGroupName: config.require("resourceGroup"),
  managedResourceGroupId: `/subscriptions/${subscription}/resourceGroups/analytics-managed`,
  computeMode: "Hybrid",
  sku: { name: "premium" },
});

const token = new DatabricksToken(
  "ci",
  {
    comment: "deploy from CI",
    lifetimeSeconds: days(30),
    scopes: ["clusters"],
    // Known only once Azure has made the workspace. With the resource id whoever signs in by Entra ID is let in.
    workspace: {
      host: pulumi.interpolate`https://${workspace.workspaceUrl}`,
      azureWorkspaceResourceId: workspace.id,
    },
  },
  // A workspace that is deleted takes its tokens with it: nothing is left to revoke there.
  { deletedWith: workspace },
);

export const host = token.host;
export const ciToken = token.tokenValue;
