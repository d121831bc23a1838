import { lstat, realpath, stat } from "node:fs/promises";
import { join, parse, relative, sep } from "node:path";
import { DatabricksTokensError } from "../errors";
import { kindOf } from "./regular-file";

/** The file behind a path. */
export interface Target {
  /** Without a link in it. */
  readonly path: string;
  /** The path that was given is itself a link to this one. */
  readonly linked: boolean;
}

/**
 * The file that is read, locked and replaced for `path`, which is absolute.
 *
 * One rule for every link on the way, the file itself and its folders alike, since somebody else may have put it there:
 * one inside the home folder is followed if it leads to a place inside it. Outside, a folder that is a link is followed
 * if it belongs to root or to this user (as `/tmp` on macOS) and leads to another place outside; a file that is a link
 * is not.
 * @throws DatabricksTokensError STORE_PATH_REFUSED
 */
export async function targetOf(path: string, home: string): Promise<Target> {
  try {
    return await resolved(path, home);
  } catch (error) {
    if (error instanceof DatabricksTokensError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOTDIR") throw refused(`a part of ${path} is not a folder`);
    const why = code === "EACCES" || code === "EPERM" ? "no permission" : (code ?? message);
    throw new DatabricksTokensError("STORE_PATH_REFUSED", `${path} can't be looked at: ${why}`, { cause: error });
  }
}

/** Throws STORE_PATH_REFUSED for what can't be, or must not become, the entry's file. */
export async function assertPath(path: string, home: string): Promise<void> {
  await targetOf(path, home);
}

async function resolved(path: string, home: string): Promise<Target> {
  const realHome = await realpath(home).catch(() => home);
  // The links on the way to the home folder are the system's.
  const start = isBelow(path, home) ? join(realHome, relative(home, path)) : path;
  const { root } = parse(start);
  const parts = relative(root, start).split(sep);
  let at = root;
  let linked = false;
  for (const [index, part] of parts.entries()) {
    const next = join(at, part);
    const isLast = index === parts.length - 1;
    const found = await lstat(next).catch((error) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    // Nothing is there yet, nor below it.
    if (!found) return { path: join(next, ...parts.slice(index + 1)), linked: false };
    if (!found.isSymbolicLink()) {
      if (isLast && !found.isFile()) throw refused(`${path} is ${notFile(found)}`);
      if (!isLast && !found.isDirectory()) throw refused(`a part of ${path} is not a folder`);
      at = next;
      continue;
    }
    const shown = isLast ? path : `${next}, a part of ${path},`;
    const real = await realpath(next).catch(() => undefined);
    if (real === undefined) throw refused(`${shown} is a link to nothing`);
    if (isBelow(next, realHome) && !isIn(real, realHome)) {
      throw refused(
        `${shown} is a link that leads out of the home folder, to ${real}; name that file itself if it is meant`,
      );
    }
    if (!isBelow(next, realHome)) {
      if (isLast || isIn(real, realHome) || !isTrusted(found.uid)) {
        throw refused(
          `${shown} is a link outside the home folder, to ${real}, and others may have put it there; name the file behind ` +
            "it if that is meant",
        );
      }
    }
    const kind = await stat(real);
    if (isLast && !kind.isFile()) throw refused(`${path} is ${notFile(kind)}`);
    if (!isLast && !kind.isDirectory()) throw refused(`a part of ${path} is not a folder`);
    linked = isLast;
    at = real;
  }
  return { path: at, linked };
}

/** Whether only this user or the system can have made it. Windows has no such number, and lets only administrators. */
const isTrusted = (uid: number): boolean => uid === 0 || uid === (process.getuid?.() ?? uid);

const notFile = (stats: Parameters<typeof kindOf>[0]): string =>
  stats.isDirectory() ? "a folder" : `${kindOf(stats)}, not a regular file`;

const isBelow = (path: string, folder: string): boolean =>
  path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
const isIn = (path: string, folder: string): boolean => path === folder || isBelow(path, folder);

function refused(what: string): DatabricksTokensError {
  return new DatabricksTokensError("STORE_PATH_REFUSED", what);
}
