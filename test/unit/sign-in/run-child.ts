import { spawn } from "node:child_process";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import type { WorkspaceInput } from "../../../provider/sign-in";

export interface Case {
  readonly host: string;
  readonly workspace?: WorkspaceInput;
  readonly config?: Record<string, string>;
  /** How often to call. @default 1 */
  readonly times?: number;
  readonly deadlineMs?: number;
}

export interface Outcome {
  readonly userName?: string;
  readonly strategy?: string;
  readonly source?: string;
  readonly code?: string;
  readonly message?: string;
  readonly stack?: string;
}

/** Signs in in a process of its own. */
export async function signInAs(given: Case, env: Record<string, string>): Promise<Outcome> {
  const args = ["--require", "ts-node/register/transpile-only", join(__dirname, "child.ts")];
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, HOME: "/nonexistent", ...env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(JSON.stringify(given));
  return (await json(child.stdout)) as Outcome;
}
