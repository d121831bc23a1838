import { type ChildProcess, spawn } from "node:child_process";

/** How another program ended. */
export interface Ended {
  /** null: a signal ended it, or it had to be given up. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Its time was over. */
  readonly timedOut: boolean;
}

export interface Running {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly timeoutMs: number;
  /** Between SIGTERM and SIGKILL, for what it has to put away. @default 5,000 */
  readonly graceMs?: number;
}

const GRACE_MS = 5_000;
/** What a killed program leaves in its pipes is there at once; one that it started may hold them for ever. */
const DRAIN_MS = 250;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs another program to its end, and no longer than its time: then it and all that it started get SIGTERM, and after a
 * grace SIGKILL. A group of its own, for a shell script that is killed leaves what it runs. What ends this process ends
 * the group too. Rejects where the program can't be started.
 */
export function runProgram(command: string, args: readonly string[], running: Running): Promise<Ended> {
  const { env, cwd = ".", timeoutMs, graceMs = GRACE_MS } = running;
  return new Promise((done, failed) => {
    const child = spawn(command, args, {
      ...{ cwd, env, stdio: ["ignore", "pipe", "pipe"], windowsHide: true },
      detached: process.platform !== "win32",
    });
    let [stdout, stderr] = ["", ""];
    child.stdout!.setEncoding("utf8").on("data", (chunk) => (stdout += chunk));
    child.stderr!.setEncoding("utf8").on("data", (chunk) => (stderr += chunk));
    let timedOut = false;
    let interruptedBy: NodeJS.Signals | undefined;
    const timers: NodeJS.Timeout[] = [];
    const after = (ms: number, act: () => void): void => void timers.push(setTimeout(act, ms));
    const onExit = (): void => kill(child, "SIGKILL");
    const onSignal = (name: NodeJS.Signals): void => {
      kill(child, name);
      after(graceMs, () => kill(child, "SIGKILL"));
      interruptedBy ??= name;
    };
    const settle = (act: () => void): void => {
      for (const timer of timers) clearTimeout(timer);
      process.off("exit", onExit);
      for (const name of SIGNALS) process.off(name, onSignal);
      child.stdout!.destroy();
      child.stderr!.destroy();
      act();
      // As it would have ended without us in between.
      if (interruptedBy) process.kill(process.pid, interruptedBy);
    };
    const end = (code: number | null): void => settle(() => done({ code, stdout, stderr, timedOut }));
    process.once("exit", onExit);
    for (const name of SIGNALS) process.on(name, onSignal);
    after(timeoutMs, () => {
      timedOut = true;
      kill(child, "SIGTERM");
      after(graceMs, () => {
        kill(child, "SIGKILL");
        // One that nothing ends, as in a system call, is left alone.
        after(DRAIN_MS, () => end(null));
      });
    });
    child.once("error", (error) => settle(() => failed(error)));
    child.once("exit", (code) => {
      const over = (): void => {
        if (timedOut) kill(child, "SIGKILL");
        end(timedOut ? null : code);
      };
      child.once("close", over);
      // What it started may hold the pipes open, and is not waited for: what it had to say is said.
      after(timedOut ? DRAIN_MS : graceMs, over);
    });
  });
}

/** The program and all that it started. */
function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === "win32") child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // Nobody of the group is left.
  }
}
