import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { cliOfLauncher, cliOnPath, OLDEST, problemOf } from "./cli.mjs";
import { BUILT_VERSION, buildEngine, GO_NEEDED } from "./engine-go.mjs";
import { DOWNLOADED_VERSION, downloadEngine } from "./engine-npm.mjs";
import { withLock } from "./lock.mjs";

/**
 * The folder of the Pulumi CLI: one on the PATH, one that the npm package `pulumi` has downloaded or downloads now, or
 * one built from Go modules. What is made here is kept in the user's cache, and appears there only once it is whole.
 */
export async function ensureEngine(env, { signal, download = downloadEngine, build = buildEngine } = {}) {
  const onPath = cliOnPath(env);
  const cache = join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), ".cache"), "pulumi-databricks-tokens");
  const downloaded = join(cache, `engine-npm-v${DOWNLOADED_VERSION}`);
  const built = join(cache, `engine-${BUILT_VERSION}`);
  const made = () => [join(downloaded, "bin"), built].find((folder) => existsSync(folder) && !problemOf(folder, env));

  const found = onPath.folder ?? cliOfLauncher(env) ?? made();
  if (found) return found;
  const make = async () => {
    // Whoever held the lock before may have made it.
    const madeMeanwhile = made();
    if (madeMeanwhile) return madeMeanwhile;
    const tried = [`on the PATH: ${onPath.problems.join("; ")}`];
    for (const [title, step] of [
      ["download by the npm package pulumi", () => download(downloaded, env, { signal })],
      ["build from Go modules", () => build(built, env, { signal })],
    ]) {
      try {
        await step();
        const folder = made();
        if (folder) return folder;
        tried.push(`${title}: it left no CLI that runs`);
      } catch (error) {
        signal?.throwIfAborted();
        tried.push(`${title}: ${error.message}`);
      }
    }
    throw new Error(
      `There is no Pulumi CLI. Tried:\n${tried.map((line) => `  - ${line}`).join("\n")}\n` +
        `Install the Pulumi CLI ${OLDEST} or newer with its Node.js language host, or Go ${GO_NEEDED} or newer ` +
        "with access to Go modules, and run the command again.",
    );
  };
  return withLock(join(cache, "engine.lock"), "making the Pulumi CLI", make, { signal });
}
