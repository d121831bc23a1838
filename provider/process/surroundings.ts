import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute } from "node:path";
import type { Surroundings } from "../credentials";
import { DatabricksTokensError } from "../errors";

/** Pulumi's config as a dynamic provider gets it: full keys, secrets in clear. */
export interface DynamicConfig {
  get(key: string): string | undefined;
}

let config: DynamicConfig = { get: () => undefined };

/** Called once per provider process, before every other call. */
export function useConfig(given: DynamicConfig): void {
  config = given;
}

/** Where settings and credentials of this process come from. */
export function surroundings(): Surroundings {
  return {
    config: (key) => config.get(key),
    env: process.env,
    // Asked where it is needed: a token whose sign-in is in the environment needs none.
    get home() {
      return homeFolder();
    },
    readFile(path) {
      try {
        return readFileSync(path, "utf8");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
      }
    },
  };
}

/** @throws DatabricksTokensError NO_HOME: a container's user may have none, and HOME may be empty */
function homeFolder(): string {
  let home = "";
  try {
    home = homedir();
  } catch {
    // The system has no entry for this user.
  }
  if (isAbsolute(home)) return home;
  throw new DatabricksTokensError(
    "NO_HOME",
    `This user (uid ${process.getuid?.() ?? "unknown"}) has no home folder, and HOME ${home === "" ? "is not set" : "is no absolute path"}: ` +
      "set HOME to a folder that is this user's alone, and run the command again",
  );
}
