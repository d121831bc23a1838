import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import type { Surroundings } from "../credentials";

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
    home: homedir(),
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
