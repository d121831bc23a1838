import * as pulumi from "@pulumi/pulumi";

// pulumi config set producer organization/databricks-tokens/dev
const producer = new pulumi.StackReference(new pulumi.Config().require("producer"));

// A secret in the producing stack is a secret here: wire it into a Kubernetes Secret, a CI variable, a Key Vault.
export const token = producer.requireOutput("ciToken");
