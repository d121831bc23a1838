import { createHash, randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabricksTokensError } from "../errors";

export interface MachineSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly user: string;
}

/** Linux's own id of the installation. */
const ID_FILES = ["/etc/machine-id", "/var/lib/dbus/machine-id"];

/**
 * What tells this machine, and this user of it, from others: a hash, so that the state shows no machine's own id.
 *
 * By `DATABRICKS_TOKENS_MACHINE_ID` where it is set (for images that all have one id); else by the operating system's
 * id; else by a random one that is kept in the user's state folder.
 */
export function machineIdOf({ env, home, user }: MachineSurroundings, idFiles: readonly string[] = ID_FILES): string {
  const given = env["DATABRICKS_TOKENS_MACHINE_ID"];
  const id = given || systemId(idFiles) || keptId(env["XDG_STATE_HOME"] || join(home, ".local", "state"));
  return createHash("sha256").update(`pulumi-databricks-tokens\n${user}\n${id}`).digest("hex").slice(0, 32);
}

function systemId(files: readonly string[]): string | undefined {
  return files.map(textOf).find((text) => text !== undefined && /^[0-9a-f]{32}$/.test(text));
}

function keptId(folder: string): string {
  const path = join(folder, "pulumi-databricks-tokens", "machine-id");
  const kept = textOf(path);
  if (kept) return kept;
  const making = `${path}.${randomBytes(8).toString("hex")}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(making, `${randomBytes(16).toString("hex")}\n`, { mode: 0o600 });
    try {
      // Of two processes that come here at once one wins, and both read its id.
      linkSync(making, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    } finally {
      rmSync(making, { force: true });
    }
    return textOf(path) ?? "";
  } catch (error) {
    throw new DatabricksTokensError(
      "STORE_WRITE_FAILED",
      `This machine has no id of its own, and ${path} can't be written (${(error as NodeJS.ErrnoException).code}): ` +
        "set DATABRICKS_TOKENS_MACHINE_ID to a name that no other machine has",
      { cause: error },
    );
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return undefined;
  }
}
