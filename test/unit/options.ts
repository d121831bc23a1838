import * as pulumi from "@pulumi/pulumi";

/** Every resource of the package with every option that can't be honoured, under mocks, which stay for good. Prints JSON. */

/** In TypeScript its class is abstract. */
class Provider extends pulumi.ProviderResource {}

const ready = pulumi.runtime.setMocks({
  newResource: ({ name, inputs }) => ({ id: name, state: inputs }),
  call: ({ inputs }) => inputs,
});

async function main(): Promise<void> {
  await ready;
  const all = require("../../provider") as typeof import("../../provider");
  const prod = new Provider("databricks", "prod");
  const parent = new pulumi.ComponentResource("t:i:T", "team", {}, { providers: { databricks: prod } });
  const token = "a token";
  const resources: Record<string, (opts: object, workspace?: object) => unknown> = {
    DatabricksToken: (opts, workspace) => new all.DatabricksToken("ci", { ...workspace }, opts),
    SecretScope: (opts, workspace) => new all.SecretScope("ci", { name: "ci", ...workspace }, opts),
    Secret: (opts, workspace) =>
      new all.Secret("ci", { scope: "ci", key: "ci", stringValue: token, ...workspace }, opts),
    NetrcEntry: (opts) => new all.NetrcEntry("ci", { machine: "h", password: token }, opts),
    DatabricksCfgProfile: (opts) =>
      new all.DatabricksCfgProfile("ci", { profile: "ci", host: "https://h.example.com", token }, opts),
    KeyringEntry: (opts) => new all.KeyringEntry("ci", { service: "s", username: "u", password: token }, opts),
  };
  const named = (key: string) => ({ workspace: { [key]: "x" } });
  const said: Record<string, Record<string, string>> = {};
  for (const [type, make] of Object.entries(resources)) {
    const get = (all as unknown as Record<string, { get(...args: string[]): unknown }>)[type]!;
    const tries: Record<string, () => unknown> = {
      provider: () => make({ provider: prod }),
      providers: () => make({ providers: [prod] }),
      import: () => make({ import: "1" }),
      id: () => make({ id: pulumi.output("1") }),
      get: () => get.get("ci", "1"),
      replaceOnChanges: () => make({ replaceOnChanges: ["*"] }),
      customTimeouts: () => make({ customTimeouts: { update: "1m" } }),
      inherited: () => make({ parent }),
      "inherited, with a sign-in alone": () => make({ parent }, named("authType")),
      "inherited, with a host": () => make({ parent }, named("host")),
      "inherited, with a profile": () => make({ parent }, named("profile")),
      "inherited, with a namespace": () => make({ parent }, named("configNamespace")),
      "a provider of pulumi-nodejs": () => make({ provider: new Provider("pulumi-nodejs", "own") }),
      "nothing of it": () =>
        make({ provider: undefined, import: undefined, replaceOnChanges: [], customTimeouts: {}, protect: true }),
    };
    said[type] = {};
    for (const [title, attempt] of Object.entries(tries)) {
      try {
        attempt();
        said[type][title] = "";
      } catch (error) {
        said[type][title] = (error as Error).message;
      }
    }
  }
  process.stdout.write(JSON.stringify(said));
}

void main();
