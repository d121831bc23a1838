import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The official Python SDK, at the version that the tests are held to. */
const SDK = "databricks-sdk==0.156.0";

/** Reads keyrings; the second is what it needs for a Secret Service. */
const KEYRING = "keyring==25.7.0";

/** A Python that has the SDK (and with it requests). */
export const pythonWithSdk = (): Promise<string | undefined> => pythonWith(SDK);

export const pythonWithKeyring = (): Promise<string | undefined> => pythonWith(KEYRING);

/**
 * A Python that has the package, in a folder of its own that is made once; undefined where there is no Python for it.
 */
async function pythonWith(requirement: string): Promise<string | undefined> {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "pulumi-databricks-tokens");
  const home = join(cache, requirement.replace("==", "-"));
  const python = join(home, "bin", "python");
  if (existsSync(python)) return python;
  const making = `${home}.${process.pid}`;
  try {
    console.log(`    installing ${requirement} into a virtual environment, once …`);
    await mkdir(dirname(home), { recursive: true });
    await run("python3", ["-m", "venv", making]);
    await run(join(making, "bin", "python"), ["-m", "pip", "install", "--quiet", requirement], { timeout: 240_000 });
    await rename(making, home);
    return python;
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    console.log(`    not run: ${requirement} can't be installed (${(error as Error).message.split("\n")[0]})`);
    return undefined;
  }
}
