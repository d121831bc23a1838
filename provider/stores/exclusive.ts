import { link, open, unlink } from "node:fs/promises";

/**
 * Makes `path` with the text, unless something stands there: then false. It appears whole, by a hard link to `from`,
 * which holds the text already. Where the file system has no hard links (SMB, exFAT; each says so with an error of its
 * own) it is made by an exclusive create, and for a moment is there without its text.
 */
export async function appear(from: string, path: string, text: string): Promise<boolean> {
  try {
    await link(from, path);
    return true;
  } catch (error) {
    if (code(error) === "EEXIST") return false;
  }
  // Whatever else kept it from a link keeps it from this too, and is named by it.
  try {
    const file = await open(path, "wx", 0o600);
    try {
      await file.writeFile(text);
    } catch (error) {
      await unlink(path);
      throw error;
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (code(error) === "EEXIST") return false;
    throw error;
  }
}

const code = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;
