import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";
import { PACKAGE } from "./delegate";
import { addCommand, packageManagerOf } from "./package-manager";

let asked = false;

/**
 * The delegate loads this package from the program's folder, and says PACKAGE_NOT_FOUND at preview where it can't. Its
 * text never changes, so what it can't say is said here before: how to add the package, and where to. A warning alone,
 * and only in a program that Pulumi's own runner has started: unit tests, mocks and programs of the Automation API
 * run in another folder than the delegate, or with a `require` that is not Node's.
 */
export function hintIfOutOfReach(): void {
  if (asked || !isStartedByPulumi()) return;
  asked = true;
  const folder = process.cwd();
  if (isWithinReach(folder)) return;
  void pulumi.log.warn(outOfReach(folder, process.env));
}

export function isWithinReach(folder: string): boolean {
  try {
    createRequire(`${folder}/`).resolve(`${PACKAGE}/lifecycle`);
    return true;
  } catch {
    return false;
  }
}

export const outOfReach = (folder: string, env: NodeJS.ProcessEnv): string =>
  `Pulumi runs this program's tokens from ${folder}, where ${PACKAGE} can't be loaded. The package.json of the program ` +
  "itself has to name it: the dependency of a dependency is out of reach with pnpm, and where a wrapper has its own " +
  `node_modules. Add it there: ${addCommand(packageManagerOf(folder, env), PACKAGE)}`;

const isStartedByPulumi = (): boolean =>
  /[\\/]@pulumi[\\/]pulumi[\\/]cmd[\\/]run[\\/]/.test(require.main?.filename ?? "");
