import * as pulumi from "@pulumi/pulumi";

/** Runs examples/consumer-stack under mocks, in a process of its own: mocks stay for good. Prints JSON. */

const { TOKEN = "", MARKED = "" } = process.env;
const registered: Array<{ type: string; inputs: Record<string, unknown> }> = [];

pulumi.runtime.setAllConfig({ "consumer:producer": "o/producer/dev", "consumer:repository": "r" });
const ready = pulumi.runtime.setMocks(
  {
    newResource({ type, name, inputs }) {
      if (type === "pulumi:pulumi:StackReference") {
        const outputs = { ciToken: TOKEN, host: "https://h.example.com" };
        return { id: name, state: { ...inputs, outputs, secretOutputNames: MARKED ? ["ciToken"] : [] } };
      }
      registered.push({ type, inputs });
      return { id: name, state: inputs };
    },
    call: ({ inputs }) => inputs,
  },
  "consumer",
  "dev",
);

async function main(): Promise<void> {
  await ready;
  const program = require("../../examples/consumer-stack") as Record<string, pulumi.Output<unknown>>;
  const secret: Record<string, boolean> = {};
  for (const [name, output] of Object.entries(program)) secret[name] = await pulumi.isSecret(output);
  process.stdout.write(JSON.stringify({ registered, secret }));
}

void main();
