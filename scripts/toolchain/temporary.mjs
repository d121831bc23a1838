import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/**
 * Does the work with an empty folder beside `path`, from where a rename puts the result in its place. The caller holds
 * the lock: what other runs left there was killed, and what may still write into it finds its folder gone.
 */
export async function withTemporaryFolder(path, work) {
  const parent = dirname(path);
  const prefix = `${basename(path)}.tmp-`;
  mkdirSync(parent, { recursive: true });
  for (const name of readdirSync(parent)) if (name.startsWith(prefix)) remove(join(parent, name));
  const folder = mkdtempSync(join(parent, prefix));
  try {
    return await work(folder);
  } finally {
    remove(folder);
  }
}

const remove = (folder) => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
