import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { withLock } from "./lock.mjs";
import { run } from "./process.mjs";
import { withProgress } from "./progress.mjs";
import { withTemporaryFolder } from "./temporary.mjs";

/**
 * Compiles provider/ to dist/, unless dist/ is just what these sources gave before. A test may be reading dist/
 * meanwhile: each file is replaced by a rename, and only what has no source any more goes.
 */
export async function ensureBuilt(root, { env = process.env, signal = undefined, compile = tsc } = {}) {
  const dist = join(root, "dist");
  const record = join(root, ".cache", "dist.built");
  const state = (sources = fingerprintOfSources(root)) => `${sources} ${fingerprint(filesIn(dist))}`;
  const built = () => existsSync(record) && readFileSync(record, "utf8") === state();
  if (built()) return;
  const build = async () => {
    if (built()) return;
    const sources = fingerprintOfSources(root);
    await withTemporaryFolder(join(root, ".cache", "dist"), async (fresh) => {
      await withProgress("Compiling provider/ to dist/", () => compile(root, fresh, { env, signal }));
      replaceFiles(dist, fresh);
    });
    writeFileSync(record, state(sources));
  };
  await withLock(join(root, ".cache", "build.lock"), "compiling provider/", build, { signal });
}

const tsc = (root, into, options) =>
  run("tsc", ["-p", "provider/tsconfig.json", "--outDir", into], { cwd: root, ...options });

function replaceFiles(dist, fresh) {
  const wanted = filesIn(fresh).map((path) => relative(fresh, path));
  for (const name of wanted) {
    mkdirSync(dirname(join(dist, name)), { recursive: true });
    renameSync(join(fresh, name), join(dist, name));
  }
  const kept = new Set(wanted);
  for (const path of filesIn(dist)) if (!kept.has(relative(dist, path))) rmSync(path);
}

/** By content: a time stamp says nothing about a file that was removed, renamed, or checked out from another branch. */
function fingerprint(paths) {
  const hash = createHash("sha256");
  for (const path of paths) hash.update(`${path}\0`).update(readFileSync(path)).update("\0");
  return hash.digest("hex");
}

const fingerprintOfSources = (root) =>
  fingerprint([
    ...filesIn(join(root, "provider")),
    ...["tsconfig.json", "package.json", "package-lock.json"].map((name) => join(root, name)).filter(existsSync),
  ]);

function filesIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}
