import { spawn } from "node:child_process";
import { join } from "node:path";
import type { KeyringAnswer, KeyringCall } from "./keyring-call";

/** A keyring that was silent is not waited for again by what this process does in this time. */
const SILENT_FOR_MS = 30_000;
let silentSince = Number.NEGATIVE_INFINITY;

/** The keyring has not answered in time. */
export class KeyringSilent extends Error {}

/**
 * Makes the call in a process of its own, which is killed when it takes longer than `limitMs`. What is secret goes in
 * and out by pipes: arguments and environment are everybody's to see.
 * @throws KeyringSilent
 */
export async function callKeyring(call: KeyringCall, limitMs: number): Promise<KeyringAnswer> {
  if (performance.now() - silentSince < SILENT_FOR_MS) throw new KeyringSilent();
  const child = spawn(process.execPath, [join(__dirname, "keyring-child.js")], {
    stdio: ["pipe", "pipe", "ignore"],
    windowsHide: true,
  });
  let silent = false;
  const limit = setTimeout(() => {
    silent = true;
    child.kill("SIGKILL");
  }, limitMs);
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk) => (text += chunk));
  // A child that ended early has said so by its end.
  child.stdin.on("error", () => undefined);
  // The pipe stays open: its end is what tells the child that this process is gone.
  child.stdin.write(`${JSON.stringify(call)}\n`);
  try {
    await new Promise<void>((done, failed) => {
      child.once("error", failed);
      child.once("close", () => done());
    });
  } finally {
    clearTimeout(limit);
  }
  if (!silent) return JSON.parse(text);
  silentSince = performance.now();
  throw new KeyringSilent();
}
