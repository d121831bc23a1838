import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { ROOT } from "./stack";

/** Goes to the start of a line, and erases it. */
const CLEAR = "\r\u001b[K";

/** Whether there is what drives a terminal. */
export const hasTerminal = (): boolean => spawnSync("python3", ["-c", "import pty, termios"]).status === 0;

interface Shown {
  readonly code: number | null;
  /** All that was written to the terminal, with its colours. */
  readonly written: string;
  /** What stands there in the end: lines that were cleared are gone. */
  readonly screen: string;
}

interface Options {
  readonly env: Record<string, string>;
  readonly cwd: string;
  readonly columns: number;
  /** What it asks, and what is typed. */
  readonly answers?: ReadonlyArray<readonly [string, string]>;
  /** Done while a question stands, before its answer is typed. */
  readonly meanwhile?: () => unknown;
}

/** Runs `databricks-tokens` in a real terminal (a pseudo-terminal of Python's), and types what is asked for. */
export async function inTerminal(args: readonly string[], options: Options): Promise<Shown> {
  const { env, cwd, columns, answers = [], meanwhile } = options;
  const command = [process.execPath, join(ROOT, "dist", "cli", "main.js"), ...args];
  const asked = JSON.stringify({ command, columns, answers });
  const child = spawn("python3", [join(__dirname, "terminal.py"), asked], {
    env: { TERM: "xterm-256color", LANG: "C.UTF-8", ...env },
    cwd,
    stdio: ["pipe", "pipe", "inherit", "pipe"],
  });
  const chunks: Buffer[] = [];
  const failures: unknown[] = [];
  child.stdout!.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stdio[3]!.on("data", async () => {
    try {
      await meanwhile?.();
    } catch (error) {
      failures.push(error);
    }
    child.stdin!.write("\n");
  });
  const code = await new Promise<number | null>((done) => child.once("close", done));
  if (failures.length > 0) throw failures[0];
  const written = Buffer.concat(chunks).toString("utf8").replaceAll("\r\n", "\n");
  const lines = written.split("\n").map((line) => line.split(CLEAR).at(-1)!);
  return { code, written, screen: stripVTControlCharacters(lines.join("\n")) };
}
