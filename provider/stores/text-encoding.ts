import { DatabricksTokensError } from "../errors";

/** Of a text in Latin-1, which holds any bytes. */
const UTF8_MARK = "\u00EF\u00BB\u00BF";

/**
 * Throws for what no reader takes for text, and what a line of ours would make a mixture of: UTF-16, as PowerShell's
 * `>` writes it, and anything else with NUL bytes.
 */
export function assertText(path: string, text: string): void {
  if (!/^(\u00FF\u00FE|\u00FE\u00FF)/.test(text) && !text.includes("\0")) return;
  throw new DatabricksTokensError(
    "STORE_UNREADABLE",
    `${path} is in UTF-16 (as PowerShell's > writes files), or has NUL bytes: its readers can't read that. Save it as UTF-8 ` +
      "without a byte order mark (PowerShell: Out-File -Encoding ascii), and run the command again",
  );
}

/** What Python's readers, which take UTF-8 alone and no byte order mark, stumble over; undefined: nothing. */
export function pythonEncodingProblem(text: string): string | undefined {
  if (text.startsWith(UTF8_MARK)) return "it begins with a byte order mark: save it without";
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(text, "latin1"));
    return undefined;
  } catch {
    return "it has bytes that are not UTF-8";
  }
}
