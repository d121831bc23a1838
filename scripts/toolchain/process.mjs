import { spawn } from "node:child_process";
import { duration } from "./progress.mjs";

const GRACE_MS = 3000;

/**
 * Runs a command quietly; a failure throws with the end of what it printed. When `signal` aborts or the time is over,
 * the command ends with everything that it started: it leads a process group of its own, for npm and Go start others.
 */
export function run(command, args, { cwd, env = process.env, timeoutMs, signal } = {}) {
  signal?.throwIfAborted();
  return new Promise((done, failed) => {
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
    let text = "";
    let reason;
    let killing;
    const stop = (why) => {
      if (reason) return;
      reason = why;
      killGroup(child, "SIGTERM");
      killing = setTimeout(() => killGroup(child, "SIGKILL"), GRACE_MS);
    };
    const abort = () => stop(signal.reason);
    signal?.addEventListener("abort", abort, { once: true });
    const limit =
      timeoutMs && setTimeout(() => stop(new Error(`${command} was stopped after ${duration(timeoutMs)}`)), timeoutMs);
    const clear = () => {
      signal?.removeEventListener("abort", abort);
      clearTimeout(limit);
      clearTimeout(killing);
    };
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
    }
    child.once("error", (error) => {
      clear();
      failed(error.code === "ENOENT" ? new Error(`${command} is not installed, or not on the PATH`) : error);
    });
    child.once("close", (code, killedBy) => {
      clear();
      if (reason) {
        // What closed its output but lives on.
        killGroup(child, "SIGKILL");
        failed(reason);
      } else if (code === 0) done(text);
      else failed(new Error(`${command} ${args.join(" ")} ended with ${code ?? killedBy}:\n${lastLines(text)}`));
    });
  });
}

const lastLines = (text) => text.trimEnd().split("\n").slice(-15).join("\n");

function killGroup(child, name) {
  if (!child.pid) return;
  try {
    process.kill(-child.pid, name);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}
