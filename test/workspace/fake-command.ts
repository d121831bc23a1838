import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Size of the new Databricks CLI at least, by which the official SDKs tell it from the old one. */
const BIG = 1024 * 1024;

/** An executable shell script of a program's name, filled up to a size. */
export function fakeCommand(folder: string, name: string, script: string, size = BIG): void {
  const text = `#!/bin/sh\n${script}\nexit $?\n`;
  writeFileSync(join(folder, name), text + "#".repeat(Math.max(0, size - text.length)), { mode: 0o755 });
}
