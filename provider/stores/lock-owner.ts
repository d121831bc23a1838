import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname, networkInterfaces } from "node:os";
import { systemId } from "./machine";

/** Who holds a lock. All but `pid` and `start` tell whether `pid` means anything here. */
export interface LockOwner {
  /** Hash of what tells the machine from others, whatever its name; empty: nothing does. */
  readonly machine: string;
  /** Its name, for people; two machines may have one. */
  readonly host: string;
  readonly boot: string;
  /** Of process numbers: a container has its own. */
  readonly space: string;
  readonly pid: number;
  /** When the process started, in the kernel's ticks: a number that is used again belongs to another process. */
  readonly start: string;
}

/**
 * Whether the process that wrote the lock is gone; undefined: it can't be looked at from here. Only a process of this
 * very machine is ever called dead: on a home folder that machines share, the others' are known by their locks alone.
 */
export function isDead(text: string): boolean | undefined {
  const owner = parsed(text);
  if (!owner || owner.machine === "" || owner.machine !== SELF.machine || owner.host !== SELF.host) return undefined;
  if (owner.boot !== SELF.boot) return true;
  if (owner.space !== SELF.space) return undefined;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
  const start = startOf(owner.pid);
  return start !== "" && owner.start !== "" && start !== owner.start;
}

/** For people. */
export function shownOwner(text: string): string {
  const owner = parsed(text);
  return owner ? `process ${owner.pid} on ${owner.host}` : "a process that did not say its number";
}

function parsed(text: string): LockOwner | undefined {
  try {
    const owner = JSON.parse(text);
    return typeof owner?.pid === "number" ? owner : undefined;
  } catch {
    return undefined;
  }
}

/** Empty where the machine does not tell. */
function startOf(pid: number | "self"): string {
  // The command's name, in brackets, may hold blanks; the start time is the 20th field behind it.
  return attempt(() => readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\)/s, "").trim().split(" ")[19] ?? "");
}

/**
 * By the operating system's id, and `DATABRICKS_TOKENS_MACHINE_ID` for images that all have one; where the system has
 * no such file (macOS, Windows), by the network cards' addresses.
 */
function machine(): string {
  const cards = (): string =>
    Object.values(networkInterfaces())
      .flatMap((cards) => cards ?? [])
      .filter(({ internal, mac }) => !internal && mac !== "00:00:00:00:00:00")
      .map(({ mac }) => mac)
      .sort()
      .join();
  const id = systemId() ?? attempt(cards);
  const given = process.env["DATABRICKS_TOKENS_MACHINE_ID"] ?? "";
  if (id === "" && given === "") return "";
  return createHash("sha256").update(`lock\n${given}\n${id}`).digest("hex").slice(0, 32);
}

function attempt(look: () => string): string {
  try {
    return look();
  } catch {
    return "";
  }
}

/** This process. */
export const SELF: LockOwner = {
  machine: machine(),
  host: hostname(),
  boot: attempt(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()),
  space: attempt(() => readlinkSync("/proc/self/ns/pid")),
  pid: process.pid,
  start: startOf("self"),
};
