import { createRequire } from "node:module";
import { join } from "node:path";
import type * as Identity from "@azure/identity";
import { DatabricksTokensError } from "../../errors";
import { addCommand, packageManagerOf } from "../../package-manager";

/** Loads `@azure/identity`, an optional peer, from where this package is installed, else from where the program runs. */
export function loadIdentity(
  loads: ReadonlyArray<(name: string) => unknown> = [require, createRequire(join(process.cwd(), "/"))],
): typeof Identity {
  for (const load of loads) {
    try {
      return load("@azure/identity") as typeof Identity;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== "MODULE_NOT_FOUND" || !message.includes("'@azure/identity'")) throw error;
    }
  }
  throw new DatabricksTokensError(
    "PACKAGE_NOT_FOUND",
    "This sign-in needs the package @azure/identity, which is not installed: " +
      addCommand(packageManagerOf(process.cwd(), process.env), "@azure/identity"),
  );
}
