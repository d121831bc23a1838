import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run, withProgress } from "./progress.mjs";

/**
 * Installs the packages of package-lock.json, unless that very lock is installed already. Not by `npm ci`: it refuses a
 * lock without the binaries of other platforms, and a registry's mirror may serve only its own.
 */
export async function ensurePackages(root) {
  const stamp = join(root, "node_modules", ".lock-installed");
  const wanted = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  await withProgress("Installing packages (npm install)", () =>
    run("npm", ["install", "--no-save", "--no-audit", "--no-fund"], { cwd: root }),
  );
  writeFileSync(stamp, wanted);
}

const newest = (folder) =>
  Math.max(
    ...readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs),
  );

/** Compiles provider/ to dist/ if a source is newer. */
export async function ensureBuilt(root, env) {
  const built = join(root, "dist", "lifecycle.js");
  const sources = Math.max(newest(join(root, "provider")), statSync(join(root, "tsconfig.json")).mtimeMs);
  if (existsSync(built) && statSync(built).mtimeMs >= sources) return;
  await withProgress("Compiling provider/ to dist/", () =>
    run("npm", ["run", "--silent", "build"], { cwd: root, env }),
  );
}
