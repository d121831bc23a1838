import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** A process by its id and the moment it started, for an id may be used again. */
export interface Running {
  readonly pid: number;
  readonly started: string;
  readonly command: string;
}

/** Whether processes can be looked at here; says so where they can't. */
export function hasProcesses(): boolean {
  if (existsSync("/proc/self/stat")) return true;
  console.log("    not run: no /proc here, where it is read whose child a process is");
  return false;
}

/** Children of `pid`, and theirs. Read from /proc: Linux alone. */
export function descendants(pid: number): Running[] {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => look(Number(name)))
    .filter((found) => found !== undefined);
  const below = (parent: number): Running[] =>
    all.filter((item) => item.parent === parent).flatMap((item) => [item, ...below(item.pid)]);
  return below(pid).map((item) => ({ pid: item.pid, started: item.started, command: item.command }));
}

export function isRunning({ pid, started }: Running): boolean {
  const found = look(pid);
  return found?.started === started && found.state !== "Z";
}

/** SIGKILL, if it still runs. */
export function kill(process_: Running): void {
  if (isRunning(process_)) process.kill(process_.pid, "SIGKILL");
}

export async function until(holds: () => boolean, what: string): Promise<void> {
  for (const start = Date.now(); !holds(); await sleep(25)) {
    if (Date.now() - start > 120_000) throw new Error(`Waited two minutes for ${what}`);
  }
}

function look(pid: number): (Running & { parent: number; state: string }) | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command's name comes in brackets, and may hold blanks and brackets itself.
    const [state = "", parent = "", ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const command = readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ").trim();
    return { pid, command, state, parent: Number(parent), started: rest[17] ?? "" };
  } catch {
    return undefined;
  }
}
