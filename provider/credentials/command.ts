import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { DatabricksTokensError } from "../errors";
import { foreignText } from "../workspace/foreign-text";
import { runProgram } from "./program";
import type { SignIn } from "./strategy";

/** The official SDKs tell the CLI from its predecessor in Python, a small script of the same name, by its size. */
export const LEAST_CLI_BYTES = 1024 * 1024;

/** The first executable of that name on the PATH of `env`, of at least so many bytes. */
export function onPath(env: SignIn["surroundings"]["env"], name: string, leastBytes = 0): string | undefined {
  const names = process.platform === "win32" ? [`${name}.exe`, `${name}.cmd`] : [name];
  const folders = (env["PATH"] ?? env["Path"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders
    .flatMap((folder) => names.map((item) => join(folder, item)))
    .find((path) => isCommand(path, leastBytes));
}

function isCommand(path: string, leastBytes: number): boolean {
  try {
    accessSync(path, constants.X_OK);
    const stat = statSync(path);
    return stat.isFile() && stat.size >= leastBytes;
  } catch {
    return false;
  }
}

/** Such a program has nothing to put away. */
const GRACE_MS = 500;

/**
 * Runs a program that prints a token; gives its standard output. What it says on failure is quoted, without tokens.
 * @throws DatabricksTokensError TIMEOUT, CREDENTIAL_REFUSED
 */
export async function output(
  strategy: string,
  { from, timeoutMs, surroundings }: SignIn,
  [command = "", ...args]: readonly string[],
  until: number,
): Promise<string> {
  const failed = (code: "TIMEOUT" | "CREDENTIAL_REFUSED", text: string): DatabricksTokensError =>
    new DatabricksTokensError(code, `The sign-in ${strategy} (${from}) failed: ${text}`);
  const limit = Math.max(1, Math.min(timeoutMs, until - Date.now()));
  const asked = { env: { ...surroundings.env }, timeoutMs: limit, graceMs: GRACE_MS };
  const ended = await runProgram(command, args, asked).catch((error: NodeJS.ErrnoException) => {
    throw failed("CREDENTIAL_REFUSED", `\`${command}\` can't be started (${error.code ?? "unknown"})`);
  });
  const { code, stdout, stderr, timedOut } = ended;
  if (timedOut) throw failed("TIMEOUT", `\`${command}\` did not end within ${limit / 1000} s`);
  if (code === 0) return stdout;
  // Never its standard output: a token may stand there, whatever the exit code.
  const said = foreignText(stderr || `exit code ${code ?? "unknown"}`);
  throw failed("CREDENTIAL_REFUSED", `\`${[command, ...args].join(" ")}\` said: ${said}`);
}
