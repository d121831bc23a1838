import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const ADD = { npm: "npm install", pnpm: "pnpm add", yarn: "yarn add", bun: "bun add" } as const;

export type PackageManager = keyof typeof ADD;

const LOCK_FILES: ReadonlyArray<readonly [string, PackageManager]> = [
  ["pnpm-lock.yaml", "pnpm"],
  ["yarn.lock", "yarn"],
  ["bun.lock", "bun"],
  ["bun.lockb", "bun"],
  ["package-lock.json", "npm"],
];

/** The command that adds a package to a project. */
export const addCommand = (manager: PackageManager, name: string): string => `${ADD[manager]} ${name}`;

/**
 * What installs the packages of the project in `folder`: what Pulumi.yaml (`packagemanager`) or package.json
 * (`packageManager`) says, else whose lock file is there, both in the nearest folder upwards; else who started this
 * process, else npm.
 */
export function packageManagerOf(folder: string, env: NodeJS.ProcessEnv): PackageManager {
  for (let at = folder; ; at = dirname(at)) {
    const found = said(at) ?? LOCK_FILES.find(([file]) => existsSync(join(at, file)))?.[1];
    if (found) return found;
    if (dirname(at) === at) break;
  }
  return known(/^[a-z]+/.exec(env["npm_config_user_agent"] ?? "")?.[0]) ?? "npm";
}

function said(folder: string): PackageManager | undefined {
  const inProject = /^\s+packagemanager:\s*["']?([a-z]+)/m.exec(text(join(folder, "Pulumi.yaml")));
  const inPackage = /"packageManager"\s*:\s*"([a-z]+)@/.exec(text(join(folder, "package.json")));
  return known(inProject?.[1]) ?? known(inPackage?.[1]);
}

const known = (name: string | undefined): PackageManager | undefined =>
  name !== undefined && Object.hasOwn(ADD, name) ? (name as PackageManager) : undefined;

function text(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
