import { createHash, randomBytes } from "node:crypto";
import { readdir, stat, unlink, utimes, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DatabricksTokensError } from "../errors";
import { appear } from "./exclusive";
import { isDead, SELF, shownOwner } from "./lock-owner";
import { NotRegular, readRegular } from "./regular-file";

/** How long the lock of a process that can't be looked at (another machine or container) counts without a change. */
const UNSEEN_HOLDER_MS = 20_000;
/** How often a holder shows that it lives, to those who can't look at it. */
const SIGN_OF_LIFE_MS = 4_000;

export interface HeldLock {
  /** Throws if somebody took the lock for a dead one's: asked right before a write becomes visible. */
  assertHeld(): Promise<void>;
}

/** A lock file as it was seen. `mark` changes with each holder, and with each sign of life. */
interface Seen {
  readonly text: string;
  readonly mark: string;
}

const lines = new Map<string, Promise<unknown>>();

/**
 * Does the work while no other process does work on the same lock file. A holder that was killed leaves its lock
 * behind: whoever comes next sees that the process is gone, and removes it. Nobody polls against its own process.
 *
 * A lock appears whole where the file system has hard links (exclusive.ts). Only who holds the guard of one dead
 * holder, a lock of its own, may remove that one's lock: so nobody ever removes a lock that another has just taken.
 */
export async function withFileLock<T>(
  path: string,
  work: (lock: HeldLock) => Promise<T>,
  { timeoutMs }: { timeoutMs: number },
): Promise<T> {
  // The wait for others of this process counts too: else each of a hundred entries would wait out a stuck holder anew.
  const deadline = Date.now() + timeoutMs;
  const before = lines.get(path) ?? Promise.resolve();
  const mine = before.then(() => hold(path, work, deadline));
  const settled = mine.catch(() => undefined);
  lines.set(path, settled);
  try {
    return await mine;
  } finally {
    if (lines.get(path) === settled) lines.delete(path);
  }
}

async function hold<T>(path: string, work: (lock: HeldLock) => Promise<T>, deadline: number) {
  const text = await acquire(path, deadline);
  const isHeld = async (): Promise<boolean> => (await look(path).catch(() => undefined))?.text === text;
  const alive = setInterval(async () => {
    const now = new Date();
    if (await isHeld()) await utimes(path, now, now).catch(() => undefined);
  }, SIGN_OF_LIFE_MS);
  alive.unref();
  try {
    await tidy(path);
    return await work({
      async assertHeld() {
        if (!(await isHeld())) throw locked(path, "another process took the lock over");
      },
    });
  } finally {
    clearInterval(alive);
    if (await isHeld()) await remove(path);
  }
}

/** The lock's text once it is ours. */
async function acquire(path: string, deadline: number): Promise<string> {
  const id = randomBytes(8).toString("hex");
  const text = JSON.stringify({ ...SELF, id });
  const claim = `${path}.${id}`;
  let seen: (Seen & { since: number }) | undefined;
  try {
    await writeFile(claim, text, { flag: "wx", mode: 0o600 });
    for (;;) {
      if (await appear(claim, path, text)) return text;
      const other = await look(path);
      if (other === undefined) {
        // Released just now.
        if (Date.now() > deadline) throw locked(path, "it comes and goes");
        continue;
      }
      if (seen?.mark !== other.mark) seen = { ...other, since: Date.now() };
      if (isDead(other.text) ?? Date.now() - seen.since > UNSEEN_HOLDER_MS) await removeDead(path, other, deadline);
      else if (Date.now() > deadline) throw locked(path, `held by ${shownOwner(other.text)}`);
      else await sleep(2 + Math.random() * 10);
    }
  } finally {
    await remove(claim);
  }
}

async function removeDead(path: string, dead: Seen, deadline: number): Promise<void> {
  const guard = `${path}.${createHash("sha256").update(dead.text).digest("hex").slice(0, 16)}`;
  await acquire(guard, deadline);
  try {
    if ((await look(path))?.mark === dead.mark) await remove(path);
  } finally {
    await remove(guard);
  }
}

/**
 * Removes what dead processes left beside the lock: files that they were about to link, and guards. Only who holds the
 * lock does, for whom a guard of an earlier lock means nothing any more.
 */
async function tidy(path: string): Promise<void> {
  const prefix = `${basename(path)}.`;
  for (const name of await readdir(dirname(path))) {
    if (!name.startsWith(prefix)) continue;
    const file = join(dirname(path), name);
    const seen = await look(file).catch(() => undefined);
    if (seen && isDead(seen.text) === true) await remove(file);
  }
}

/** @throws DatabricksTokensError STORE_LOCKED for what can be nobody's lock, and would be waited for in vain. */
async function look(path: string): Promise<Seen | undefined> {
  try {
    const found = await readRegular(path, "utf8");
    return found && { text: found.text, mark: `${found.text}\n${found.stats.ino} ${found.stats.mtimeMs}` };
  } catch (error) {
    if (!(error instanceof NotRegular)) throw error;
    const to = error.what === "a link" && !(await stat(path).catch(() => undefined)) ? " to nothing" : "";
    throw new DatabricksTokensError(
      "STORE_LOCKED",
      `${path} is ${error.what}${to}, where this package keeps a lock. Nothing was written; remove it, or move it away, ` +
        "and run the command again",
    );
  }
}

function locked(path: string, why: string): DatabricksTokensError {
  return new DatabricksTokensError(
    "STORE_LOCKED",
    `${path}: ${why}. Nothing was written; run the command again, and remove that file if its process is gone`,
  );
}

async function remove(path: string): Promise<void> {
  await unlink(path).catch((error) => {
    if (error.code !== "ENOENT") throw error;
  });
}
