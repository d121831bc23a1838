import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { withProgress } from "./progress.mjs";

/** The holder touches its lock this often; one untouched for ten times as long has no holder any more. */
const TOUCH_MS = 10_000;
const STALE_MS = 10 * TOUCH_MS;

/**
 * Does the work while this process alone holds the lock, a file that names its holder. Who has to wait says for whom.
 * The lock of a process that is gone is taken over.
 */
export async function withLock(path, purpose, work, { signal, pollMs = 500, ...progress } = {}) {
  const mine = JSON.stringify({ pid: process.pid, host: hostname(), purpose, since: new Date().toISOString() });
  mkdirSync(dirname(path), { recursive: true });
  if (!take(path, mine)) {
    const waiting = async () => {
      while (!take(path, mine)) await sleep(pollMs, undefined, { signal });
    };
    await withProgress(`Waiting for ${holder(path)}`, waiting, progress).catch((error) => {
      // An abort of sleep() hides the signal that caused it.
      throw signal?.aborted ? signal.reason : error;
    });
  }
  const touching = setInterval(() => touch(path), TOUCH_MS);
  touching.unref();
  try {
    return await work();
  } finally {
    clearInterval(touching);
    if (read(path) === mine) rmSync(path, { force: true });
  }
}

function take(path, mine) {
  removeIfStale(path);
  try {
    writeFileSync(path, mine, { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

function removeIfStale(path) {
  const text = read(path);
  if (text === undefined || !isStale(path, text)) return;
  // Two may come to this at once: the rename is for one, and who moved a newer lock away puts it back.
  const away = `${path}.${process.pid}`;
  try {
    renameSync(path, away);
  } catch {
    return;
  }
  if (read(away) === text) rmSync(away, { force: true });
  else renameSync(away, path);
}

function isStale(path, text) {
  const { pid, host } = parse(text);
  if (host === hostname() && pid && !isAlive(pid)) return true;
  try {
    return Date.now() - statSync(path).mtimeMs > STALE_MS;
  } catch {
    return false;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

function holder(path) {
  const { pid, purpose } = parse(read(path) ?? "");
  return pid ? `process ${pid}: ${purpose}` : "another process";
}

function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** A lock that is being written is empty for a moment. */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function touch(path) {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // Taken over after a long sleep of this machine: every result appears by a rename, so two holders do no harm.
  }
}
