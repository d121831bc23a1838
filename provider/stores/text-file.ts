import { randomBytes } from "node:crypto";
import { chmod, lstat, mkdir, open, readdir, readFile, realpath, rename, stat, unlink } from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";
import { DatabricksTokensError } from "../errors";
import { isDead, withFileLock } from "./file-lock";

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
    return await readFile(target.path, "latin1");
  } catch (error) {
    if (isMissing(error)) return undefined;
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
  edit: (text: string) => string,
): Promise<void> {
  const target = await targetOf(path, surroundings.home);
  const change = async (): Promise<void> => {
    await mkdir(dirname(target.path), { recursive: true, mode: 0o700 });
    await withFileLock(
      `${target.path}${OURS}.lock`,
      async (lock) => {
        await removeLeftovers(target.path);
        const held = await readFile(target.path, "latin1").catch((error) => {
          if (isMissing(error)) return undefined;
          throw error;
        });
        const mode = held === undefined ? undefined : (await stat(target.path)).mode & 0o777;
        const text = edit(held ?? "");
        const loose = mode !== undefined && process.platform !== "win32" && (mode & 0o077) !== 0;
        if (text !== (held ?? "")) {
          assertWritable(path, mode);
          if (text === "" && !target.linked) await lock.assertHeld().then(() => unlink(target.path));
          else await replace(target.path, text, () => lock.assertHeld());
        } else if (loose) await chmod(target.path, 0o600);
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

/** Throws STORE_PATH_REFUSED for what can't be, or must not become, the entry's file. */
export async function assertPath(path: string, home: string): Promise<void> {
  await targetOf(path, home);
}

interface Target {
  readonly path: string;
  /** The path that was given is a link to this one. */
  readonly linked: boolean;
}

/** The file behind the path. A link is followed only inside the home folder: it may have been put there by others. */
async function targetOf(path: string, home: string): Promise<Target> {
  const found = await lstat(path).catch((error) => {
    if (isMissing(error)) return undefined;
    throw failed("STORE_PATH_REFUSED", `${path} can't be looked at`, error);
  });
  const linked = found?.isSymbolicLink() === true;
  const real = found
    ? await realpath(path).catch(() => undefined)
    : join(await realFolder(dirname(path)), basename(path));
  if (real === undefined) throw refused(`${path} is a link to nothing`);
  const realHome = await realpath(home).catch(() => home);
  const inHome = isBelow(real, realHome);
  if (!inHome && (linked || isBelow(path, home))) {
    throw refused(
      `${path} is a link that leads out of the home folder, to ${real}; name that file itself if it is meant`,
    );
  }
  const kind = linked ? await stat(real) : found;
  if (kind && !kind.isFile()) throw refused(`${path} is ${kind.isDirectory() ? "a folder" : "not a regular file"}`);
  return { path: real, linked };
}

const isBelow = (path: string, folder: string): boolean =>
  path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

/** The real path of a folder, of which the last parts may not be there yet. */
async function realFolder(folder: string): Promise<string> {
  try {
    const real = await realpath(folder);
    if (!(await stat(real)).isDirectory()) throw refused(`${folder} is not a folder`);
    return real;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOTDIR") throw refused(`a part of ${folder} is not a folder`);
    if (code !== "ENOENT" || dirname(folder) === folder) throw error;
    return join(await realFolder(dirname(folder)), basename(folder));
  }
}

/** A rename would replace it all the same, so that who made it read-only would not be asked. */
function assertWritable(path: string, mode: number | undefined): void {
  if (mode === undefined || (mode & 0o200) !== 0) return;
  throw new DatabricksTokensError(
    "STORE_WRITE_FAILED",
    `${path} is read-only, and is as it was; allow its owner to write (chmod u+w) and run the command again`,
  );
}

/** A whole new file in the same folder, on the disk before it takes the old one's name. */
async function replace(path: string, text: string, assertHeld: () => Promise<void>): Promise<void> {
  const temporary = `${path}${OURS}.${randomBytes(8).toString("hex")}.tmp`;
  const owner = await stat(path).catch(() => undefined);
  try {
    const file = await open(temporary, "wx", 0o600);
    try {
      await file.writeFile(text, "latin1");
      // Run by root in somebody's home, the file stays that person's.
      if (owner && process.getuid?.() === 0 && owner.uid !== 0) await file.chown(owner.uid, owner.gid);
      await file.sync();
    } finally {
      await file.close();
    }
    await assertHeld();
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(path));
}

/** So that the name outlives a power failure; not every system can. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
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
    return isDead(await readFile(path, "utf8")) ?? Date.now() - (await stat(path)).mtimeMs > OLD_CLAIM_MS;
  } catch {
    return false;
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}

function refused(what: string): DatabricksTokensError {
  return new DatabricksTokensError("STORE_PATH_REFUSED", what);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EROFS: "the file system is read-only",
  EACCES: "no permission",
  EPERM: "no permission",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is not a folder",
  EFBIG: "the limit on the size of files is reached",
};

function failed(code: "STORE_WRITE_FAILED" | "STORE_UNREADABLE" | "STORE_PATH_REFUSED", what: string, error: unknown) {
  if (error instanceof DatabricksTokensError) return error;
  const cause = error as NodeJS.ErrnoException;
  return new DatabricksTokensError(code, `${what}: ${REASONS[cause.code ?? ""] ?? cause.code ?? cause.message}`, {
    cause,
  });
}
