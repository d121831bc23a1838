import { DatabricksTokensError } from "../errors";

/** Settings of one profile by their lower-case names. */
export type Profile = ReadonlyMap<string, string>;

/**
 * Reads `.databrickscfg`: sections of `key = value`; `#` and `;` start a comment at the line's start or after a blank.
 * Keys before any section belong to DEFAULT.
 * @throws DatabricksTokensError INVALID_CONFIG with line and column, never with the line itself: it may be a secret.
 */
export function readProfiles(text: string, shown: string): Map<string, Profile> {
  const profiles = new Map<string, Map<string, string>>();
  let current: Map<string, string> | undefined;
  text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .forEach((raw, index) => {
      const line = raw.replace(/(^|\s)[#;].*$/, "").trim();
      if (line === "") return;
      const section = /^\[([^\]]+)\]$/.exec(line);
      if (section) {
        const name = section[1]!.trim();
        current = profiles.get(name) ?? new Map();
        profiles.set(name, current);
        return;
      }
      const equals = line.indexOf("=");
      if (equals <= 0) {
        const column = raw.search(/\S/) + 1;
        throw new DatabricksTokensError(
          "INVALID_CONFIG",
          `${shown} can't be read: line ${index + 1}, column ${column} is neither [profile] nor key = value`,
        );
      }
      if (!current) {
        current = new Map();
        profiles.set("DEFAULT", current);
      }
      current.set(line.slice(0, equals).trim().toLowerCase(), line.slice(equals + 1).trim());
    });
  return profiles;
}
