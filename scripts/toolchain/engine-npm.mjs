import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { problemOf } from "./cli.mjs";
import { run } from "./process.mjs";
import { withProgress } from "./progress.mjs";
import { withTemporaryFolder } from "./temporary.mjs";

/** Of the npm package `pulumi`, which downloads the CLI of its own version from Pulumi's host. */
export const DOWNLOADED_VERSION = "3.265.0";
const SOURCE = "https://get.pulumi.com/install.sh";
const REACH_MS = 10_000;
const DOWNLOAD_MS = 300_000;

/** Downloads the CLI into `folder`/bin. The launcher works in a home of its own: `folder` appears once it is whole. */
export async function downloadEngine(folder, env, { signal, source = SOURCE } = {}) {
  const download = async (home) => {
    await assertReachable(source, signal);
    await run("npm", ["exec", "--yes", `--package=pulumi@${DOWNLOADED_VERSION}`, "--", "pulumi", "version"], {
      env: {
        ...env,
        PULUMI_HOME: home,
        PULUMI_VERSION: DOWNLOADED_VERSION,
        npm_config_fetch_retries: "1",
        npm_config_fetch_timeout: "20000",
      },
      timeoutMs: DOWNLOAD_MS,
      signal,
    });
    const whole = join(home, "versions", DOWNLOADED_VERSION);
    const problem = problemOf(join(whole, "bin"), env);
    if (problem) throw new Error(problem);
    rmSync(folder, { recursive: true, force: true });
    renameSync(whole, folder);
  };
  const title = `Downloading the Pulumi CLI ${DOWNLOADED_VERSION} (npm package pulumi)`;
  await withTemporaryFolder(folder, (home) => withProgress(title, () => download(home)));
}

/** The launcher itself has no deadline: without this, a network that swallows packets would cost minutes. */
async function assertReachable(source, signal) {
  const deadline = AbortSignal.timeout(REACH_MS);
  try {
    await fetch(source, { method: "HEAD", signal: signal ? AbortSignal.any([signal, deadline]) : deadline });
  } catch (error) {
    signal?.throwIfAborted();
    const why = deadline.aborted ? `no answer in ${REACH_MS / 1000} s` : (error.cause?.code ?? error.message);
    throw new Error(`${new URL(source).hostname} can't be reached (${why})`);
  }
}
