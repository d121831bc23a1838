import { pythonEncodingProblem } from "./text-encoding";

/** Blanks of Python's netrc. */
const BLANKS = "\n\t\r ";

/**
 * Why Python's `netrc` (3.11 and later), and with it requests, refuses the whole file; undefined: it does not. curl and
 * git pass over what they don't know. Never the word itself: it may be a piece of a password.
 */
export function pythonProblem(bytes: string): string | undefined {
  const encoding = pythonEncodingProblem(bytes);
  if (encoding) return encoding;
  // As Python opens a text.
  const text = bytes.replace(/\r\n?/g, "\n");
  let at = 0;
  let start = 0;

  const skipLine = (): string => {
    const from = at;
    const newline = text.indexOf("\n", at);
    at = newline < 0 ? text.length : newline + 1;
    return text.slice(from, at);
  };
  const read = (): string => text[at++] ?? "";
  /** Empty at the end; an empty word in quotes is empty too, which Python takes for the end. */
  const word = (): string => {
    while (at < text.length && BLANKS.includes(text[at]!)) at += 1;
    start = at;
    if (at >= text.length) return "";
    const quoted = text[at] === '"';
    if (quoted) at += 1;
    let found = "";
    while (at < text.length) {
      const letter = read();
      if (quoted ? letter === '"' : BLANKS.includes(letter)) return found;
      found += letter === "\\" ? read() : letter;
    }
    return found;
  };
  const lineAt = (offset: number): number => text.slice(0, offset).split("\n").length;
  /** A word that begins with # is a comment to the line's end, unless that end has just been read with it. */
  const skipComment = (isWhole: (word: string) => boolean, found: string, before: number): void => {
    if (lineAt(at) === lineAt(before) && isWhole(found)) skipLine();
  };

  let next: string | undefined;
  for (;;) {
    const before = at;
    const keyword = next ?? word();
    next = undefined;
    if (keyword === "") return undefined;
    if (keyword.startsWith("#")) {
      skipComment((found) => found.length === 1, keyword, before);
      continue;
    }
    if (keyword === "macdef") {
      word();
      for (let line = skipLine(); line !== "\n"; line = skipLine()) {
        if (line === "") return `the macro at its end has no blank line after it`;
      }
      continue;
    }
    if (keyword !== "machine" && keyword !== "default") return unknownWord(lineAt(start));
    if (keyword === "machine" && word() === "") return `line ${lineAt(start)} has no name after machine`;
    for (;;) {
      const here = at;
      const key = word();
      if (key.startsWith("#")) skipComment(() => true, key, here);
      else if (["", "machine", "default", "macdef"].includes(key)) {
        next = key;
        break;
      } else if (["login", "user", "account", "password"].includes(key)) word();
      else return unknownWord(lineAt(start));
    }
  }
}

const unknownWord = (line: number): string =>
  `line ${line} has a word that it does not know (protocol, method, a keyword in capitals, a value with a blank outside quotes)`;
