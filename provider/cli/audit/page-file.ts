import { randomBytes } from "node:crypto";
import { open, realpath, rename, unlink } from "node:fs/promises";
import { DatabricksTokensError } from "../../errors";

/**
 * Puts a whole new page in the old one's place, so that whoever opens it meanwhile sees one of them. It is for its owner
 * alone: names and token ids of people stand on it.
 * @throws DatabricksTokensError REPORT_NOT_WRITTEN
 */
export async function writePage(file: string, page: string): Promise<void> {
  // A link keeps pointing at what it names.
  const target = await realpath(file).catch(() => file);
  const temporary = `${target}.${randomBytes(8).toString("hex")}.tmp`;
  try {
    const handle = await open(temporary, "wx", 0o600);
    try {
      await handle.writeFile(page);
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    const { code, message } = error as NodeJS.ErrnoException;
    throw new DatabricksTokensError("REPORT_NOT_WRITTEN", `The page ${file} could not be written: ${code ?? message}`, {
      cause: error,
    });
  }
}
