import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The name of the project that `folder` belongs to, as the Pulumi CLI looks for it: in the folder, and above it. */
export function projectIn(folder: string): string | undefined {
  const path = ["yaml", "yml", "json"].map((ending) => join(folder, `Pulumi.${ending}`)).find(existsSync);
  if (path !== undefined) return projectName(readFileSync(path, "utf8"));
  return dirname(folder) === folder ? undefined : projectIn(dirname(folder));
}

/** Of a project file, JSON or YAML; letters, digits, `-`, `_` and `.` are all that Pulumi allows in a name. */
export function projectName(text: string): string | undefined {
  try {
    const { name } = Object(JSON.parse(text)) as { name?: unknown };
    return typeof name === "string" ? name : undefined;
  } catch {
    return /^name:\s*["']?([\w.-]+)/m.exec(text)?.[1];
  }
}
