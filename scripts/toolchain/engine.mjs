import { execFileSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { BUILT_VERSION, buildEngine } from "./engine-go.mjs";
import { run, withProgress } from "./progress.mjs";

/** The oldest CLI that this project is tested with. */
const OLDEST = [3, 250, 0];
const LAUNCHER = "3.265.0";

/** Finds the Pulumi CLI: on the PATH, in the npm launcher's cache or by its download, or built from Go modules. */
export async function ensureEngine(env) {
  const cache = join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "pulumi-databricks-tokens");
  const built = join(cache, `engine-${BUILT_VERSION}`);
  const launched = join(env.PULUMI_HOME || join(homedir(), ".pulumi"), "versions", LAUNCHER, "bin");
  const found = onPath(env.PATH ?? "") ?? [launched, built].find(usable);
  if (found) return found;
  const reasons = [`no pulumi ${OLDEST.join(".")} or newer on the PATH`];
  try {
    await withProgress(`Downloading the Pulumi CLI ${LAUNCHER} (npm package pulumi)`, () =>
      run("npm", ["exec", "--yes", `--package=pulumi@${LAUNCHER}`, "--", "pulumi", "version"], {
        env,
        timeoutMs: 180_000,
      }),
    );
    if (usable(launched)) return launched;
    reasons.push("its download left no CLI");
  } catch {
    process.stderr.write("  not to be had here\n");
    reasons.push("its download failed");
  }
  if (!goVersion()) {
    throw new Error(
      `The Pulumi CLI is missing: ${reasons.join(", ")}, and there is no Go to build it. ` +
        "Install the Pulumi CLI (with its Node.js language host), or Go 1.25 or newer, and run the command again",
    );
  }
  await buildEngine(built);
  return built;
}

function onPath(path) {
  return path.split(delimiter).find((folder) => usable(folder));
}

/** A folder with a CLI that is new enough, and the Node language host beside it. */
function usable(folder) {
  const suffix = process.platform === "win32" ? ".exe" : "";
  const cli = join(folder, `pulumi${suffix}`);
  if (!isExecutable(cli) || !existsSync(join(dirname(cli), `pulumi-language-nodejs${suffix}`))) return false;
  try {
    const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
    const version = execFileSync(cli, ["version"], {
      encoding: "utf8",
      env,
      stdio: ["ignore", "pipe", "ignore"],
      timeout: 30_000,
    });
    const numbers = version.replace(/^v/, "").split(/[.-]/).map(Number);
    for (let i = 0; i < OLDEST.length; i++) {
      if (numbers[i] !== OLDEST[i]) return numbers[i] > OLDEST[i];
    }
    return true;
  } catch {
    return false;
  }
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function goVersion() {
  try {
    return execFileSync("go", ["version"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return undefined;
  }
}
