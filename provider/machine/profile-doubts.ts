import { DatabricksTokensError } from "../errors";
import type { Section, Setting } from "../sign-in/profile-grammar";

/** The settings that a store writes. */
export const KEYS = ["host", "token"] as const;
export type Key = (typeof KEYS)[number];

/**
 * A line that begins with a blank beyond space and tab. Python takes it for indent, so the line may go on with the one
 * before, and whole sections with it; other readers do not.
 */
const ODD_INDENT = /^[ \t\v\f]*(?![ \t\v\f\r\n])[\p{Z}\p{Cc}]/mu;

/** @throws ENTRY_AMBIGUOUS, where readers disagree which lines of the file (its bytes) belong together */
export function assertIndentsPlain(text: string): void {
  const decoded = Buffer.from(text, "latin1").toString("utf8");
  const odd = ODD_INDENT.exec(decoded);
  if (!odd) return;
  const line = decoded.slice(0, odd.index).split(/\r\n|\r|\n/).length;
  throw new DatabricksTokensError(
    "ENTRY_AMBIGUOUS",
    `Line ${line} of the file begins with a blank that is neither a space nor a tab, and readers disagree whether it goes ` +
      "on with the line before: remove the blank",
  );
}

/**
 * Refuses a profile that readers read differently, or that can't be edited without touching lines of somebody else.
 * `found`: the sections of its name.
 * @throws ENTRY_AMBIGUOUS, with the lines
 */
export function assertUndoubted(text: string, found: readonly Section[]): void {
  const [section] = found;
  if (!section) return;
  const { name, header, settings } = section;
  const doubt = (what: string): never => {
    throw new DatabricksTokensError("ENTRY_AMBIGUOUS", what);
  };
  const twice = (what: string, lines: readonly { readonly number: number }[]): never =>
    doubt(
      `${what} more than once (lines ${lines.map(({ number }) => number).join(" and ")}), and readers disagree which ` +
        "counts: leave one",
    );
  if (found.length > 1) {
    twice(
      `Profile [${name}] is there`,
      found.map((item) => item.header),
    );
  }
  for (const key of KEYS) {
    const [setting, ...more] = settings.filter((item) => item.key === key);
    if (!setting) continue;
    if (more.length > 0) twice(`${key} of profile [${name}] is set`, [setting, ...more]);
    if (hasComment(text, setting)) {
      doubt(
        `${key} of profile [${name}] (line ${setting.number}) goes on behind a comment, which a new value would take ` +
          "away: move the comment",
      );
    }
  }
  if (!text.slice(header.start, header.end).includes(`[${name}]`)) {
    doubt(
      `Profile [${name}] (line ${header.number}) has blanks inside its brackets, and only some readers pass over them: ` +
        `write [${name}]`,
    );
  }
}

const hasComment = (text: string, { start, end }: Setting): boolean =>
  /[\r\n][ \t\v\f]*[#;]/.test(text.slice(start, end));
