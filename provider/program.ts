import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";
import { delegateText, PACKAGE } from "./delegate";
import { DatabricksTokensError } from "./errors";
import type { TokenOrigin } from "./token/marker";

/** What every resource class does in the program, before Pulumi hears of the resource. */

export const typeToken = (type: string): string => `pulumi-nodejs:dynamic/databricks:${type}`;

/**
 * The arguments as Pulumi gets them, with the resource's origin and the delegate's text. What is not given is passed as
 * undefined, so that its output exists.
 * @throws DatabricksTokensError PACKAGE_NOT_FOUND; INVALID_INPUT for an argument that there is not.
 */
export function propertiesOf(type: string, name: string, args: object, names: readonly string[]): pulumi.Inputs {
  assertLoadable();
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
    organization: pulumi.getOrganization(),
    project: pulumi.getProject(),
    stack: pulumi.getStack(),
    name,
  };
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

/** Fails at preview where the delegate could not load this package at run time: it looks in the very same way. */
function assertLoadable(): void {
  try {
    createRequire(`${process.cwd()}/`).resolve(`${PACKAGE}/lifecycle`);
  } catch {
    throw new DatabricksTokensError(
      "PACKAGE_NOT_FOUND",
      `Pulumi runs this program's resources from ${process.cwd()}, where ${PACKAGE} can't be found. ` +
        `Add it to that project itself: npm install ${PACKAGE}`,
    );
  }
}
