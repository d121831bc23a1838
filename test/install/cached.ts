import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * The `node_modules` of a folder outside the repository with just these packages of npm (`name@version`,
 * `alias@npm:name@version`), installed once; undefined, with a line that says why, where they can't be had.
 */
export async function cachedPackages(title: string, packages: readonly string[]): Promise<string | undefined> {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "pulumi-databricks-tokens");
  const hash = createHash("sha256").update(packages.join(" ")).digest("hex").slice(0, 8);
  const home = join(cache, `npm-${title}-${hash}`);
  const modules = join(home, "node_modules");
  if (existsSync(modules)) return modules;
  const making = `${home}.${process.pid}`;
  try {
    console.log(`    installing ${packages.join(", ")}, once …`);
    await mkdir(making, { recursive: true });
    await writeFile(join(making, "package.json"), JSON.stringify({ name: title, private: true }));
    const options = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
    await run("npm", ["install", ...options, ...packages], { cwd: making, timeout: 240_000 });
    await rename(making, home);
    return modules;
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    // Another process was faster.
    if (existsSync(modules)) return modules;
    console.log(`    not run: ${packages.join(", ")} can't be installed (${(error as Error).message.split("\n")[0]})`);
    return undefined;
  }
}
