import * as pulumi from "@pulumi/pulumi";

/** Runs examples/azure-workspace under mocks, in a process of its own: mocks stay for good. Prints JSON. */

const registered: Array<{ type: string; inputs: Record<string, unknown> }> = [];
const ID = "/subscriptions/s/resourceGroups/r/providers/Microsoft.Databricks/workspaces/analytics";

const KEY = "databricks-tokens-azure-workspace";
pulumi.runtime.setAllConfig({ [`${KEY}:subscription`]: "s", [`${KEY}:resourceGroup`]: "r" });
const ready = pulumi.runtime.setMocks(
  {
    newResource({ type, name, inputs }) {
      registered.push({ type, inputs });
      const made = /Token$/.test(type)
        ? { host: inputs.workspace.host }
        : { workspaceUrl: "adb-1.2.azuredatabricks.net" };
      return { id: /Token$/.test(type) ? name : ID, state: { ...inputs, ...made } };
    },
    call: ({ inputs }) => inputs,
  },
  KEY,
  "dev",
  false,
  "organization",
);

async function main(): Promise<void> {
  await ready;
  const { host } = require("../../examples/azure-workspace") as { host: pulumi.Output<string> };
  const resolved = await new Promise((done) => host.apply(done));
  process.stdout.write(JSON.stringify({ registered, host: resolved, id: ID }));
}

void main();
