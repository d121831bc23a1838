import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";
import { delegateText, PACKAGE } from "../delegate";
import { DatabricksTokensError } from "../errors";
import { secretOutputs } from "./entry-state";
import type { Store } from "./store";

export type EntryKind = Pick<Store, "type" | "secretKey"> & { readonly arguments: readonly string[] };

export const typeOf = ({ type }: EntryKind): string => `pulumi-nodejs:dynamic/databricks:${type}`;

/** What Pulumi gets for an entry's arguments: the value always a secret, whether the program marked it or not. */
export function propertiesOf(kind: EntryKind, name: string, args: object): pulumi.Inputs {
  assertLoadable();
  const given = args as Record<string, unknown>;
  const unknown = Object.keys(given).filter((key) => !kind.arguments.includes(key));
  if (unknown.length > 0) {
    throw new DatabricksTokensError(
      "INVALID_INPUT",
      `${kind.type} "${name}" has no argument ${unknown.join(", ")}; there are ${kind.arguments.join(", ")}`,
    );
  }
  const value = given[kind.secretKey];
  return {
    ...Object.fromEntries(kind.arguments.map((key) => [key, given[key]])),
    [kind.secretKey]: value === undefined || value === null ? undefined : pulumi.secret(value),
    origin: {
      organization: pulumi.getOrganization(),
      project: pulumi.getProject(),
      stack: pulumi.getStack(),
      name,
    },
    machineId: undefined,
    machineName: undefined,
    __provider: delegateText(kind.type),
  };
}

/** `--replace` would else write the new entry before it removes the old one, both in the same place. */
export function optionsOf(kind: EntryKind, opts: pulumi.CustomResourceOptions): pulumi.CustomResourceOptions {
  return pulumi.mergeOptions({ deleteBeforeReplace: true, additionalSecretOutputs: secretOutputs(kind) }, opts);
}

/** Fails at preview where the delegate could not load this package at run time: it looks in the very same way. */
function assertLoadable(): void {
  try {
    createRequire(`${process.cwd()}/`).resolve(`${PACKAGE}/lifecycle`);
  } catch {
    throw new DatabricksTokensError(
      "PACKAGE_NOT_FOUND",
      `Pulumi runs entries from ${process.cwd()}, where ${PACKAGE} can't be found. ` +
        `Add it to that project itself: npm install ${PACKAGE}`,
    );
  }
}
