/** Paths as people write them, for POSIX and for Windows. Pure. */

/** `~` or `~/...`, on Windows `~\\...` as well, in the home folder; which is asked for only where it is needed. */
export function fromHome(path: string, home: () => string, platform: NodeJS.Platform = process.platform): string {
  const begin = platform === "win32" ? /^~([/\\]|$)/ : /^~(\/|$)/;
  return begin.test(path) ? home() + path.slice(1) : path;
}

/** Whether a command is a path, and not a name to look for on the PATH. */
export const isPath = (command: string, platform: NodeJS.Platform = process.platform): boolean =>
  command.includes("/") || (platform === "win32" && /^[a-z]:|\\/i.test(command));
