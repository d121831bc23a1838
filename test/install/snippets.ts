import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../engine/stack";

/** The snippets of a text for people, as they stand there. */
export function snippetsOf(file: string, language: string): string[] {
  const text = readFileSync(join(ROOT, file), "utf8");
  const fence = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm");
  return Array.from(text.matchAll(fence), (match) => match[1] ?? "");
}

/** The snippet that begins with a line `// name`. */
export function snippet(file: string, name: string): string {
  const found = snippetsOf(file, "ts").find((text) => text.startsWith(`// ${name}\n`));
  if (!found) throw new Error(`${file} has no snippet ${name}`);
  return found;
}
