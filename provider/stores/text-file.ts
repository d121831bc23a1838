import { randomBytes } from "node:crypto";
import { mkdir, readdir, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { DatabricksTokensError } from "../errors";
import { withFileLock } from "./file-lock";
import { targetOf } from "./file-path";
import { replaceFile } from "./file-replacement";
import { isDead } from "./lock-owner";
import { NotRegular, openRegular, readRegular } from "./regular-file";

/** What the writing of files needs to know of its machine. */
export interface FileSurroundings {
  readonly home: string;
  readonly lockTimeoutMs: number;
  warn(message: string): void;
}

const OURS = ".databricks-tokens";
/** A claim on the lock is there for a moment; an older one belongs to a process that was killed. */
const OLD_CLAIM_MS = 3_600_000;

/** The file's bytes as a string of Latin-1, which holds any byte; undefined: there is no such file. */
export async function readText(path: string, surroundings: FileSurroundings): Promise<string | undefined> {
  const target = await targetOf(path, surroundings.home);
  try {
    return (await readRegular(target.path, "latin1"))?.text;
  } catch (error) {
    throw failed("STORE_UNREADABLE", `${path} can't be read`, error);
  }
}

/**
 * Changes a file: reads it, asks `edit`, and puts the new text in its place, all under the file's lock. Whoever reads
 * it sees the old text or the new, whenever this process is killed. The file is for its owner alone (0600) from its
 * first byte on; one that was not is made so, with a warning. A file that becomes empty is removed.
 */
export async function editText(
  path: string,
  surroundings: FileSurroundings,
  edit: (text: string) => string | Promise<string>,
): Promise<void> {
  const target = await targetOf(path, surroundings.home);
  const change = async (): Promise<void> => {
    await mkdir(dirname(target.path), { recursive: true, mode: 0o700 });
    await withFileLock(
      `${target.path}${OURS}.lock`,
      async (lock) => {
        await removeLeftovers(target.path);
        const held = await readRegular(target.path, "latin1");
        const mode = held && held.stats.mode & 0o777;
        const text = await edit(held?.text ?? "");
        const loose = mode !== undefined && process.platform !== "win32" && (mode & 0o077) !== 0;
        if (text !== (held?.text ?? "")) {
          assertWritable(path, mode);
          await replaceFile(target, text, { old: held, temporary: temporaryOf(target.path), ...lock });
        } else if (loose) await tighten(target.path);
        if (loose) {
          surroundings.warn(`${path} was open to others (mode 0${mode.toString(8)}); it is now for you alone (0600)`);
        }
      },
      { timeoutMs: surroundings.lockTimeoutMs },
    );
  };
  try {
    await change();
  } catch (error) {
    if (error instanceof DatabricksTokensError) throw error;
    throw failed("STORE_WRITE_FAILED", `${path} can't be changed, and is as it was`, error);
  }
}

const temporaryOf = (path: string): string => `${path}${OURS}.${randomBytes(8).toString("hex")}.tmp`;

async function tighten(path: string): Promise<void> {
  const file = await openRegular(path);
  await file?.chmod(0o600).finally(() => file.close());
}

/** A rename would replace it all the same, so that who made it read-only would not be asked. */
function assertWritable(path: string, mode: number | undefined): void {
  if (mode === undefined || (mode & 0o200) !== 0) return;
  throw new DatabricksTokensError(
    "STORE_WRITE_FAILED",
    `${path} is read-only, and is as it was; allow its owner to write (chmod u+w) and run the command again`,
  );
}

/**
 * What killed writers left beside the file: it may hold secrets. Under the lock nobody else has a temporary file, and
 * the guard of a dead holder has nothing to guard.
 */
async function removeLeftovers(path: string): Promise<void> {
  const folder = dirname(path);
  const prefix = `${basename(path)}${OURS}.`;
  for (const name of await readdir(folder)) {
    if (!name.startsWith(prefix)) continue;
    const left = join(folder, name);
    if (name.endsWith(".tmp") || (name.startsWith(`${prefix}lock.`) && (await isOldClaim(left)))) {
      await unlink(left).catch(() => undefined);
    }
  }
}

async function isOldClaim(path: string): Promise<boolean> {
  try {
    const claim = await readRegular(path, "utf8");
    return claim !== undefined && (isDead(claim.text) ?? Date.now() - claim.stats.mtimeMs > OLD_CLAIM_MS);
  } catch {
    return false;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EROFS: "the file system is read-only",
  EACCES: "no permission",
  EPERM: "no permission",
  EBUSY: "it is in use, or a mount of its own",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is not a folder",
  EFBIG: "the limit on the size of files is reached",
};

function failed(code: "STORE_WRITE_FAILED" | "STORE_UNREADABLE", what: string, error: unknown) {
  if (error instanceof DatabricksTokensError) return error;
  if (error instanceof NotRegular) return new DatabricksTokensError("STORE_PATH_REFUSED", `${what}: ${error.message}`);
  const cause = error as NodeJS.ErrnoException;
  return new DatabricksTokensError(code, `${what}: ${REASONS[cause.code ?? ""] ?? cause.code ?? cause.message}`, {
    cause,
  });
}
