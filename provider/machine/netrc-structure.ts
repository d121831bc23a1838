interface Word {
  /** Offsets into the text, quotes included. */
  readonly start: number;
  readonly end: number;
  readonly value: string;
}

export interface Entry {
  readonly name: string;
  readonly start: number;
  /** After its last word; what follows on the line is not the entry's. */
  readonly end: number;
  readonly logins: readonly Word[];
  readonly passwords: readonly Word[];
}

export interface Structure {
  readonly entries: readonly Entry[];
  /** Where `default` stands. Readers take the first match, and `default` matches every machine. */
  readonly defaultAt?: number;
  /** Offsets of comments, by which a comment that stands over `default` is told from a value that looks like one. */
  readonly comments: readonly number[];
  /** A macro runs to the text's end: what is appended without a blank line would be a part of it. */
  readonly macroOpen: boolean;
  /** Line of a quoted word without its end: readers disagree on all that follows. */
  readonly unclosedLine?: number;
}

/** ASCII's alone: `\s` would take the byte A0, a part of many letters in UTF-8, for a blank. */
const SPACE = /[ \t\n\v\f\r]/;

export const isBlank = (text: string): boolean => !/[^ \t\n\v\f\r]/.test(text);

export function structureOf(text: string): Structure {
  const entries: Entry[] = [];
  const comments: number[] = [];
  let defaultAt: number | undefined;
  let macroOpen = false;
  let unclosedLine: number | undefined;
  let at = 0;

  const skipSpace = (): void => {
    while (at < text.length && SPACE.test(text[at]!)) at += 1;
  };
  const lineEnd = (from: number): number => {
    const newline = text.indexOf("\n", from);
    return newline < 0 ? text.length : newline + 1;
  };
  /** `#` starts a comment only where a keyword may stand. */
  const skipComments = (): void => {
    skipSpace();
    while (text[at] === "#") {
      comments.push(at);
      at = lineEnd(at);
      skipSpace();
    }
  };
  const word = (): Word | undefined => {
    skipSpace();
    if (at >= text.length) return undefined;
    const start = at;
    const quoted = text[at] === '"' ? /"((?:[^"\\\n]|\\[^\n])*)"/y : undefined;
    if (!quoted) {
      while (at < text.length && !SPACE.test(text[at]!)) at += 1;
      return { start, end: at, value: text.slice(start, at) };
    }
    quoted.lastIndex = at;
    const match = quoted.exec(text);
    if (!match) {
      unclosedLine = text.slice(0, start).split("\n").length;
      at = text.length;
      return undefined;
    }
    at = quoted.lastIndex;
    return { start, end: at, value: match[1]!.replace(/\\(.)/g, "$1") };
  };
  /** Its body runs to the first empty line. */
  const skipMacro = (): void => {
    word();
    at = lineEnd(at);
    for (;;) {
      if (at >= text.length) {
        macroOpen = unclosedLine === undefined;
        return;
      }
      const next = lineEnd(at);
      const line = text.slice(at, next);
      at = next;
      if (line === "\n" || line === "\r\n") return;
    }
  };
  /** The words after `machine NAME` or `default`, up to the next keyword that begins something. */
  const body = (name: string, start: number, nameEnd: number): Entry => {
    const logins: Word[] = [];
    const passwords: Word[] = [];
    let end = nameEnd;
    for (;;) {
      skipComments();
      const before = at;
      const key = word();
      const keyword = key?.value.toLowerCase();
      if (!key || keyword === "machine" || keyword === "default" || keyword === "macdef") {
        if (key) at = before;
        return { name, start, end, logins, passwords };
      }
      if (keyword !== "login" && keyword !== "user" && keyword !== "password" && keyword !== "account") continue;
      const value = word();
      end = (value ?? key).end;
      if (!value) continue;
      if (keyword === "password") passwords.push(value);
      else if (keyword !== "account") logins.push(value);
    }
  };

  for (;;) {
    skipComments();
    const keyword = word();
    if (!keyword) break;
    const kind = keyword.value.toLowerCase();
    if (kind === "macdef") skipMacro();
    else if (kind === "default") {
      defaultAt ??= keyword.start;
      body("default", keyword.start, keyword.end);
    } else if (kind === "machine") {
      const name = word();
      if (name) entries.push(body(name.value, keyword.start, name.end));
    }
  }
  return {
    entries,
    comments,
    macroOpen,
    ...(defaultAt !== undefined && { defaultAt }),
    ...(unclosedLine !== undefined && { unclosedLine }),
  };
}

/** What to cut for the words from `start` to `end`: their lines with the line end, where nothing else stands on them. */
export function wholeLines(text: string, start: number, end: number): [number, number] {
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const blanks = /[ \t\v\f\r]*/y;
  blanks.lastIndex = end;
  blanks.exec(text);
  const after = blanks.lastIndex;
  const first = isBlank(text.slice(lineStart, start));
  const last = after >= text.length || text[after] === "\n";
  if (!first) return last ? [start, end] : [start, after];
  if (!last) return [lineStart, after];
  if (after < text.length) return [lineStart, after + 1];
  // The last line, without a newline: the one before it becomes the last, without one too.
  return [lineStart > 0 ? lineStart - (text[lineStart - 2] === "\r" ? 2 : 1) : 0, text.length];
}
