import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "./lock.mjs";
import { run } from "./process.mjs";
import { withProgress } from "./progress.mjs";

/**
 * Installs the packages of package-lock.json, unless that very lock is installed already. Not by `npm ci`: it refuses a
 * lock without the binaries of other platforms, and a registry's mirror may serve only its own.
 */
export async function ensurePackages(root, { signal } = {}) {
  const stamp = join(root, "node_modules", ".lock-installed");
  const wanted = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  const installed = () => existsSync(stamp) && readFileSync(stamp, "utf8") === wanted;
  if (installed()) return;
  const install = async () => {
    if (installed()) return;
    await withProgress("Installing packages (npm install)", () =>
      run("npm", ["install", "--no-save", "--no-audit", "--no-fund"], { cwd: root, signal }),
    );
    writeFileSync(stamp, wanted);
  };
  await withLock(join(root, ".cache", "packages.lock"), "installing packages", install, { signal });
}
