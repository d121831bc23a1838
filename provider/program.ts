import * as pulumi from "@pulumi/pulumi";
import { delegateText } from "./delegate";
import { DatabricksTokensError } from "./errors";
import { assertOptions } from "./options";
import type { TokenOrigin } from "./token/marker";
import { hintIfOutOfReach } from "./within-reach";

/** What every resource class does in the program, before Pulumi hears of the resource. */

export const typeToken = (type: string): string => `pulumi-nodejs:dynamic/databricks:${type}`;

/**
 * The arguments as Pulumi gets them, with the resource's origin and the delegate's text. What is not given is passed as
 * undefined, so that its output exists.
 * @throws DatabricksTokensError INVALID_INPUT for an argument that there is not, and for an option that can't be honoured.
 */
export function propertiesOf(
  type: string,
  name: string,
  args: object,
  names: readonly string[],
  opts: pulumi.CustomResourceOptions,
): pulumi.Inputs {
  hintIfOutOfReach();
  assertOptions(type, name, opts);
  assertArguments(type, name, args, names);
  const given = args as Record<string, unknown>;
  return {
    ...Object.fromEntries(names.map((key) => [key, given[key]])),
    origin: originOf(name),
    __provider: delegateText(type),
  };
}

function originOf(name: string): TokenOrigin {
  return {
    organization: organization(),
    project: pulumi.getProject(),
    stack: pulumi.getStack(),
    name,
  };
}

/** Mocks that were set without one make Pulumi throw; backends that have none say `organization` too. */
function organization(): string {
  try {
    return pulumi.getOrganization();
  } catch {
    return "organization";
  }
}

/** A misspelt argument would be dropped in silence: a token without the scopes that somebody believes it to have. */
function assertArguments(type: string, name: string, args: object, names: readonly string[]): void {
  const unknown = Object.keys(args).filter((key) => !names.includes(key));
  if (unknown.length > 0) {
    throw new DatabricksTokensError(
      "INVALID_INPUT",
      `${type} "${name}" has no argument ${unknown.join(", ")}; there are ${names.join(", ")}`,
    );
  }
}
