import { constants, type Stats } from "node:fs";
import { open, rename, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import type { Target } from "./file-path";
import { NotRegular, openRegular } from "./regular-file";

export interface Replacement {
  /** undefined: nothing was there. */
  readonly old: { readonly text: string; readonly stats: Stats } | undefined;
  /** A path in the same folder, for the new text on its way. */
  readonly temporary: string;
  assertHeld(): Promise<void>;
}

/** Puts the text in the file's place, whole; a text that is empty removes the file, unless a link leads to it. */
export async function replaceFile(target: Target, text: string, replacement: Replacement): Promise<void> {
  const { path, linked } = target;
  try {
    if (text === "" && !linked) {
      await replacement.assertHeld();
      await unlink(path);
    } else await renameInto(path, text, replacement);
  } catch (error) {
    // A file that is a mount of its own, as containers have them, can neither be replaced nor removed.
    if ((error as NodeJS.ErrnoException).code !== "EBUSY" || !replacement.old) throw error;
    await writeInPlace(path, text, replacement.old, replacement);
  }
}

/** A whole new file in the same folder, on the disk before it takes the old one's name. */
async function renameInto(path: string, text: string, { old, temporary, assertHeld }: Replacement): Promise<void> {
  try {
    const file = await open(temporary, "wx", 0o600);
    try {
      await file.writeFile(text, "latin1");
      // Run by root in somebody's home, the file stays that person's.
      const owner = old?.stats;
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

/** Under the lock, but not in one step: a reader may see a part, and a kill at that moment leaves one. */
async function writeInPlace(
  path: string,
  text: string,
  { text: old, stats }: NonNullable<Replacement["old"]>,
  { assertHeld }: Replacement,
): Promise<void> {
  const file = await openRegular(path, constants.O_RDWR);
  if (!file) throw new NotRegular("gone");
  try {
    await assertHeld();
    if ((stats.mode & 0o777) !== 0o600) await file.chmod(0o600);
    try {
      await overwrite(file, text);
    } catch (error) {
      await overwrite(file, old).catch(() => undefined);
      throw error;
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

async function overwrite(file: Awaited<ReturnType<typeof open>>, text: string): Promise<void> {
  const bytes = Buffer.from(text, "latin1");
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at, bytes.length - at, at)).bytesWritten;
  await file.truncate(bytes.length);
}

/** So that the name outlives a power failure; not every system can. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
