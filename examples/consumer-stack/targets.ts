import * as pulumi from "@pulumi/pulumi";

/**
 * The two resources that this example writes to, by their types alone, so that this repository needs neither package.
 * In a program of yours take them from `@pulumi/kubernetes` (`core.v1.Secret`) and `@pulumi/github` (`ActionsSecret`):
 * the same types and arguments. Like those, they hand their values on as secrets, whatever the program made of them.
 */

export interface KubernetesSecretArgs {
  metadata: { name: string; namespace?: string };
  stringData: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

export class KubernetesSecret extends pulumi.CustomResource {
  declare readonly stringData: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: KubernetesSecretArgs, opts: pulumi.CustomResourceOptions = {}) {
    const inputs = { apiVersion: "v1", kind: "Secret", ...args, stringData: pulumi.secret(args.stringData) };
    const secret = { additionalSecretOutputs: ["data", "stringData"] };
    super("kubernetes:core/v1:Secret", name, inputs, pulumi.mergeOptions(opts, secret));
  }
}

export interface ActionsSecretArgs {
  repository: pulumi.Input<string>;
  secretName: pulumi.Input<string>;
  value: pulumi.Input<string>;
}

export class ActionsSecret extends pulumi.CustomResource {
  declare readonly value: pulumi.Output<string>;

  constructor(name: string, args: ActionsSecretArgs, opts: pulumi.CustomResourceOptions = {}) {
    const inputs = { ...args, value: pulumi.secret(args.value) };
    const secret = { additionalSecretOutputs: ["value"] };
    super("github:index/actionsSecret:ActionsSecret", name, inputs, pulumi.mergeOptions(opts, secret));
  }
}
