import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabricksTokensError } from "../errors";

export interface MachineSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly user: string;
}

/** Where this package keeps what is this machine's and user's alone. */
export const stateFolder = (around: Pick<MachineSurroundings, "env" | "home">): string =>
  join(around.env["XDG_STATE_HOME"] || join(around.home, ".local", "state"), "pulumi-databricks-tokens");

/** Linux's own id of the installation. */
const ID_FILES = ["/etc/machine-id", "/var/lib/dbus/machine-id"];

/**
 * What tells this machine, and this user of it, from others: a hash, so that the state shows no machine's own id.
 *
 * By `DATABRICKS_TOKENS_MACHINE_ID` where it is set (for images that all have one id); else by the operating system's
 * id; else by a random one that is kept in the user's state folder.
 */
export function machineIdOf(around: MachineSurroundings, idFiles: readonly string[] = ID_FILES): string {
  const id = around.env["DATABRICKS_TOKENS_MACHINE_ID"] || systemId(idFiles) || keptId(stateFolder(around));
  return createHash("sha256").update(`pulumi-databricks-tokens\n${around.user}\n${id}`).digest("hex").slice(0, 32);
}

/** undefined: the operating system keeps none in a file (macOS, Windows, an image without one). */
export function systemId(files: readonly string[] = ID_FILES): string | undefined {
  return files.map(textOf).find((text) => text !== undefined && /^[0-9a-f]{32}$/.test(text));
}

function keptId(folder: string): string {
  const path = join(folder, "machine-id");
  const kept = textOf(path);
  if (kept) return kept;
  const id = randomBytes(16).toString("hex");
  try {
    mkdirSync(dirname(path), { recursive: true });
    try {
      // Of two processes that come here at once one wins, and both read its id. No link: not every file system has them.
      writeFileSync(path, `${id}\n`, { mode: 0o600, flag: "wx" });
      return id;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    return written(path);
  } catch (error) {
    throw new DatabricksTokensError(
      "STORE_WRITE_FAILED",
      `This machine has no id of its own, and ${path} can't be written (${(error as NodeJS.ErrnoException).code}): ` +
        "set DATABRICKS_TOKENS_MACHINE_ID to a name that no other machine has",
      { cause: error },
    );
  }
}

/** The id that another process is just writing, or was killed before it had: that one is written now. */
function written(path: string): string {
  if (!statSync(path).isFile()) throw Object.assign(new Error("not a file"), { code: "it is not a regular file" });
  for (let tries = 0; tries < 50; tries += 1) {
    const id = textOf(path);
    if (id) return id;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
  }
  const id = randomBytes(16).toString("hex");
  writeFileSync(path, `${id}\n`);
  return id;
}

function textOf(path: string): string | undefined {
  try {
    // A FIFO would be waited for.
    return statSync(path).isFile() ? readFileSync(path, "utf8").trim() : undefined;
  } catch {
    return undefined;
  }
}
