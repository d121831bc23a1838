import { createHash, randomBytes } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { link, readdir, readFile, unlink, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DatabricksTokensError } from "../errors";

/** How long the lock of a process that can't be looked at (another machine or container) counts without a change. */
const UNSEEN_HOLDER_MS = 20_000;

/** Who holds a lock. `host`, `boot` and `space` tell whether `pid` means anything here. */
interface Holder {
  readonly host: string;
  readonly boot: string;
  readonly space: string;
  readonly pid: number;
  /** When the process started, in the kernel's ticks: a number that is used again belongs to another process. */
  readonly start: string;
  readonly id: string;
}

export interface HeldLock {
  /** Throws if somebody took the lock for a dead one's: asked right before a write becomes visible. */
  assertHeld(): Promise<void>;
}

const lines = new Map<string, Promise<unknown>>();

/**
 * Does the work while no other process does work on the same lock file. A holder that was killed leaves its lock
 * behind: whoever comes next sees that the process is gone, and removes it. Nobody polls against its own process.
 *
 * A lock appears whole, by a hard link to a file that names its holder. Only who holds the guard of one dead holder,
 * a lock of its own, may remove that one's lock: so nobody ever removes a lock that another has just taken.
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
  try {
    await tidy(path);
    return await work({
      async assertHeld() {
        if ((await read(path)) !== text) throw locked(path, "another process took the lock over");
      },
    });
  } finally {
    if ((await read(path)) === text) await remove(path);
  }
}

/** The lock's text once it is ours. */
async function acquire(path: string, deadline: number): Promise<string> {
  const text = JSON.stringify({ ...SELF, id: randomBytes(8).toString("hex") } satisfies Holder);
  const claim = `${path}.${(JSON.parse(text) as Holder).id}`;
  let seen: { text: string; since: number } | undefined;
  try {
    await writeFile(claim, text, { flag: "wx", mode: 0o600 });
    for (;;) {
      if (await linked(claim, path)) return text;
      const other = await read(path);
      if (other === undefined) {
        // Released just now; or a link to nothing stands there, which nobody releases.
        if (Date.now() > deadline) throw locked(path, "it comes and goes, or is a link to nothing");
        continue;
      }
      if (seen?.text !== other) seen = { text: other, since: Date.now() };
      if (isDead(other) ?? Date.now() - seen.since > UNSEEN_HOLDER_MS) await removeDead(path, other, deadline);
      else if (Date.now() > deadline) throw locked(path, `held by ${shown(other)}`);
      else await sleep(2 + Math.random() * 10);
    }
  } finally {
    await remove(claim);
  }
}

async function removeDead(path: string, text: string, deadline: number): Promise<void> {
  const guard = `${path}.${createHash("sha256").update(text).digest("hex").slice(0, 16)}`;
  await acquire(guard, deadline);
  try {
    if ((await read(path)) === text) await remove(path);
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
    const text = await read(file);
    if (text !== undefined && isDead(text) === true) await remove(file);
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** undefined: its process can't be looked at from here. */
export function isDead(text: string): boolean | undefined {
  const holder = parse(text);
  if (!holder || holder.host !== SELF.host) return undefined;
  if (holder.boot !== SELF.boot) return true;
  if (holder.space !== SELF.space) return undefined;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
  const start = startOf(holder.pid);
  return start !== "" && holder.start !== "" && start !== holder.start;
}

function parse(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text);
    return typeof holder?.pid === "number" ? holder : undefined;
  } catch {
    return undefined;
  }
}

function shown(text: string): string {
  const holder = parse(text);
  return holder ? `process ${holder.pid} on ${holder.host}` : "a process that did not say its number";
}

function locked(path: string, why: string): DatabricksTokensError {
  return new DatabricksTokensError(
    "STORE_LOCKED",
    `${path}: ${why}. Nothing was written; run the command again, and remove that file if its process is gone`,
  );
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

async function remove(path: string): Promise<void> {
  await unlink(path).catch((error) => {
    if (error.code !== "ENOENT") throw error;
  });
}

/** Empty where the machine does not tell. */
function startOf(pid: number | "self"): string {
  // The command's name, in brackets, may hold blanks; the start time is the 20th field behind it.
  return attempt(() => readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\)/s, "").trim().split(" ")[19] ?? "");
}

function attempt(look: () => string): string {
  try {
    return look();
  } catch {
    return "";
  }
}

const SELF = {
  host: hostname(),
  boot: attempt(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()),
  space: attempt(() => readlinkSync("/proc/self/ns/pid")),
  pid: process.pid,
  start: startOf("self"),
};
