import { redact } from "../secret";
import { quote } from "./quote";

/**
 * What the command prints goes through here, whoever wrote it: names, comments, hosts and what other programs say come
 * from elsewhere. Each is quoted by `quote` where it is put into a sentence; this is the last look at the whole, so
 * that one that was forgotten neither speaks to the terminal or to CI nor shows what looks like a token. Pure.
 */

/** Our own colours, and blanks, stay as they are. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
const PARTS = /(\s+|\x1b\[\d{1,2}m)/;
/** Shorter words are no tokens; longer ones than `quote` quotes are not cut here. */
const [LEAST, MOST] = [12, 300];

/** For people. `isTerminal`: our own colours may stand in it. */
export function printed(text: string, isTerminal: boolean): string {
  return redact(text)
    .split("\n")
    .map((line) => defused(line.split(PARTS).map(part(isTerminal)).join("")))
    .join("\n");
}

const part =
  (isTerminal: boolean) =>
  (text: string, index: number): string => {
    // Every second one is what the others are parted by.
    if (index % 2 === 1) return text.startsWith("\x1b") ? (isTerminal ? text : "") : text.replace(/[^ \t]/g, " ");
    const visible = text.replace(/\p{C}/gu, "");
    return visible.length > LEAST && visible.length < MOST ? quote(visible) : visible;
  };

/** Logs of Azure Pipelines and GitHub Actions take these for commands, GitHub's at the beginning of a line alone. */
const GITHUB =
  /::(?=(?:add-mask|set-output|save-state|set-env|add-path|debug|notice|warning|error|group|endgroup|stop-commands|echo|add-matcher|remove-matcher)\b)/gi;
export const defused = (line: string): string =>
  line
    .replace(/##(?=(?:vso)?\[)/gi, "# #")
    .replace(GITHUB, ": :")
    .replace(/^(\s*):(?=:)/, "$1: ");

/** For programs: JSON, in which nothing stands that a terminal or CI takes for a command. It reads as the same values. */
export function asSafeJson(value: unknown, replacer?: (key: string, value: unknown) => unknown): string {
  const escaped = (text: string): string =>
    [...text].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
  return JSON.stringify(value, replacer, 2)
    .replace(/[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g, escaped)
    .replace(/##(?=(?:vso)?\[)/gi, "\\u0023\\u0023")
    .replace(GITHUB, "\\u003a\\u003a");
}
