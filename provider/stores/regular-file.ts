import { constants, type Stats } from "node:fs";
import { type FileHandle, lstat, open } from "node:fs/promises";

/** What stands there is no regular file: `what` says it, such as "a FIFO". */
export class NotRegular extends Error {
  constructor(readonly what: string) {
    super(`it is ${what}`);
    this.name = "NotRegular";
  }
}

/** Windows has neither, and no FIFOs among its files. */
const CAREFULLY = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * Opens a regular file, and nothing else: the open of a FIFO would wait for somebody at its other end, in a thread that
 * keeps the process from ending. Links are not followed: whoever may follow one resolves it first (file-path.ts).
 * undefined: nothing is there.
 * @throws NotRegular
 */
export async function openRegular(path: string, flags: number = constants.O_RDONLY): Promise<FileHandle | undefined> {
  try {
    const found = await lstat(path);
    if (!found.isFile()) throw new NotRegular(kindOf(found));
    const file = await open(path, flags | CAREFULLY);
    const opened = await file.stat();
    if (opened.isFile()) return file;
    await file.close();
    throw new NotRegular(kindOf(opened));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    // It was put there after the look.
    if (code === "ELOOP") throw new NotRegular("a link");
    if (code === "ENXIO") throw new NotRegular("a FIFO or a socket");
    throw error;
  }
}

/** The text and what the system says of the file; undefined: nothing is there. */
export async function readRegular(
  path: string,
  encoding: "utf8" | "latin1",
): Promise<{ text: string; stats: Stats } | undefined> {
  const file = await openRegular(path);
  try {
    return file && { text: await file.readFile(encoding), stats: await file.stat() };
  } finally {
    await file?.close();
  }
}

export function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return "a folder";
  if (stats.isSymbolicLink()) return "a link";
  if (stats.isFIFO()) return "a FIFO";
  if (stats.isSocket()) return "a socket";
  return stats.isFile() ? "a regular file" : "a device";
}
