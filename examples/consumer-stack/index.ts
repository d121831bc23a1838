import * as pulumi from "@pulumi/pulumi";
import { ActionsSecret, KubernetesSecret } from "./targets";

const config = new pulumi.Config();

// pulumi config set producer organization/databricks-tokens/dev
const producer = new pulumi.StackReference(config.require("producer"));

/** A secret in the producing stack is a secret here. */
const token = producer.requireOutput("ciToken");
const host = producer.requireOutput("host");

/** Pods take it as environment variables: `envFrom: [{ secretRef: { name: "databricks" } }]`. */
const inCluster = new KubernetesSecret("databricks", {
  metadata: { name: "databricks", namespace: config.get("namespace") ?? "default" },
  stringData: { DATABRICKS_HOST: host, DATABRICKS_TOKEN: token },
});

/** Workflows take it as `${{ secrets.DATABRICKS_TOKEN }}`. */
const inActions = new ActionsSecret("databricks", {
  repository: config.require("repository"),
  secretName: "DATABRICKS_TOKEN",
  value: token,
});

export const kubernetesData = inCluster.stringData;
export const actionsValue = inActions.value;
