import { execFileSync } from "node:child_process";
import { accessSync, constants, existsSync, readdirSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";

/** The oldest CLI that this project is tested with. */
export const OLDEST = "3.250.0";
const HOST = "pulumi-language-nodejs";

/** The folder of the first CLI on the PATH that will do, or what is wrong with each that is there. */
export function cliOnPath(env) {
  const folders = (env.PATH ?? "").split(delimiter).filter(Boolean);
  const found = folders.filter((folder) => isExecutable(join(folder, "pulumi")));
  const problems = [];
  for (const folder of found) {
    const problem = problemOf(folder, env, folders);
    if (!problem) return { folder, problems };
    problems.push(problem);
  }
  return { problems: problems.length > 0 ? problems : ["there is none"] };
}

/** The newest usable CLI in the cache of the npm package `pulumi`. */
export function cliOfLauncher(env) {
  const versions = join(env.PULUMI_HOME || join(env.HOME || homedir(), ".pulumi"), "versions");
  if (!existsSync(versions)) return undefined;
  return readdirSync(versions)
    .sort(compareVersions)
    .reverse()
    .map((version) => join(versions, version, "bin"))
    .find((folder) => !problemOf(folder, env));
}

/** Why the CLI in this folder won't do; undefined if it will. The language host may be elsewhere on the PATH. */
export function problemOf(folder, env, hostFolders = []) {
  const cli = join(folder, "pulumi");
  if (!isExecutable(cli)) return `${folder} has no pulumi`;
  const beside = [folder, dirname(realpathSync(cli)), ...hostFolders];
  if (!beside.some((place) => isExecutable(join(place, HOST)))) return `${cli} has no ${HOST} beside it`;
  const version = versionOf(cli, env);
  if (!version) return `${cli} does not tell its version`;
  if (compareVersions(version, OLDEST) < 0) return `${cli} is ${version}, older than ${OLDEST}`;
  return undefined;
}

function versionOf(cli, env) {
  try {
    const options = { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], timeout: 30_000 };
    const text = execFileSync(cli, ["version"], { ...options, env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" } });
    return /^v?(\d+\.\d+\.\d+)/m.exec(text)?.[1];
  } catch {
    return undefined;
  }
}

/** Negative if `a` is older. What follows the numbers does not count. */
export function compareVersions(a, b) {
  const [left, right] = [a, b].map((version) => (version.match(/\d+/g) ?? []).slice(0, 3).map(Number));
  for (let i = 0; i < 3; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
