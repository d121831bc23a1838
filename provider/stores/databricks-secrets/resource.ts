import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";
import { delegateText, PACKAGE } from "../../delegate";
import { DatabricksTokensError } from "../../errors";
import type { WorkspaceArgs } from "../../token/args";
import { withSecretsChecked } from "../../token/config-secrets";

/** A resource on the workspace's Secrets, as Pulumi gets it. */
export interface SecretsKind {
  readonly type: "Secret" | "SecretScope";
  readonly arguments: readonly string[];
  readonly secretOutputs: readonly string[];
}

export const typeOf = ({ type }: SecretsKind): string => `pulumi-nodejs:dynamic/databricks:${type}`;

export function propertiesOf(
  kind: SecretsKind,
  name: string,
  args: { workspace?: pulumi.Input<WorkspaceArgs> },
): pulumi.Inputs {
  assertLoadable();
  const given = args as Record<string, unknown>;
  const unknown = Object.keys(given).filter((key) => !kind.arguments.includes(key));
  if (unknown.length > 0) {
    throw new DatabricksTokensError(
      "INVALID_INPUT",
      `${kind.type} "${name}" has no argument ${unknown.join(", ")}; there are ${kind.arguments.join(", ")}`,
    );
  }
  return {
    ...Object.fromEntries(kind.arguments.map((key) => [key, given[key]])),
    workspace: withSecretsChecked(args.workspace),
    origin: {
      organization: pulumi.getOrganization(),
      project: pulumi.getProject(),
      stack: pulumi.getStack(),
      name,
    },
    host: undefined,
    drift: undefined,
    __provider: delegateText(kind.type),
  };
}

/** `--replace` would else write the new one before it removes the old one, both in the same place. */
export function optionsOf(kind: SecretsKind, opts: pulumi.CustomResourceOptions): pulumi.CustomResourceOptions {
  return pulumi.mergeOptions({ deleteBeforeReplace: true, additionalSecretOutputs: [...kind.secretOutputs] }, opts);
}

/** Fails at preview where the delegate could not load this package at run time: it looks in the very same way. */
function assertLoadable(): void {
  try {
    createRequire(`${process.cwd()}/`).resolve(`${PACKAGE}/lifecycle`);
  } catch {
    throw new DatabricksTokensError(
      "PACKAGE_NOT_FOUND",
      `Pulumi runs secrets from ${process.cwd()}, where ${PACKAGE} can't be found. ` +
        `Add it to that project itself: npm install ${PACKAGE}`,
    );
  }
}
