import * as pulumi from "@pulumi/pulumi";
import { withinParent } from "../program/origin";
import { propertiesOf as common } from "../program/resource-base";
import { secretOutputs } from "./entry-state";
import type { Store } from "./store";

export type EntryKind = Pick<Store, "type" | "secretKey"> & { readonly arguments: readonly string[] };

/** What Pulumi gets for an entry's arguments: the value always a secret, whether the program marked it or not. */
export function propertiesOf(
  kind: EntryKind,
  name: string,
  args: object,
  opts: pulumi.CustomResourceOptions,
): pulumi.Inputs {
  const properties = withinParent(common(kind.type, name, args, kind.arguments, opts), opts.parent);
  const value = properties[kind.secretKey];
  return {
    ...properties,
    [kind.secretKey]: value === undefined || value === null ? undefined : pulumi.secret(value),
    ...(kind.arguments.includes("path") && { file: undefined }),
    machineId: undefined,
    machineName: undefined,
  };
}

/** `--replace` would else write the new entry before it removes the old one, both in the same place. */
export function optionsOf(kind: EntryKind, opts: pulumi.CustomResourceOptions): pulumi.CustomResourceOptions {
  return pulumi.mergeOptions({ deleteBeforeReplace: true, additionalSecretOutputs: secretOutputs(kind) }, opts);
}
