import * as pulumi from "@pulumi/pulumi";
import { withWorkspaceNamed } from "../../options";
import { propertiesOf as common } from "../../program";
import type { WorkspaceArgs } from "../../token/args";
import { withSecretsChecked } from "../../token/config-secrets";
import { withinParent } from "../origin";

/** A resource on the workspace's Secrets, as Pulumi gets it. */
export interface SecretsKind {
  readonly type: "Secret" | "SecretScope";
  readonly arguments: readonly string[];
  readonly secretOutputs: readonly string[];
}

export function propertiesOf(
  kind: SecretsKind,
  name: string,
  args: { workspace?: pulumi.Input<WorkspaceArgs> },
  opts: pulumi.CustomResourceOptions,
): pulumi.Inputs {
  return {
    ...withinParent(common(kind.type, name, args, kind.arguments, opts), opts.parent),
    workspace: withWorkspaceNamed(kind.type, name, withSecretsChecked(args.workspace), opts),
    host: undefined,
    drift: undefined,
  };
}

/** `--replace` would else write the new one before it removes the old one, both in the same place. */
export function optionsOf(kind: SecretsKind, opts: pulumi.CustomResourceOptions): pulumi.CustomResourceOptions {
  return pulumi.mergeOptions({ deleteBeforeReplace: true, additionalSecretOutputs: [...kind.secretOutputs] }, opts);
}
