import { DatabricksTokensError } from "../errors";

/** Login and password of one machine, as text that no reader understands differently. */
export interface NetrcValue {
  readonly login: string;
  readonly password: string;
}

interface Word {
  /** Offsets into the text, quotes included. */
  readonly start: number;
  readonly end: number;
  readonly value: string;
}

interface Entry {
  readonly name: string;
  readonly start: number;
  /** After its last word; what follows on the line is not the entry's. */
  readonly end: number;
  readonly logins: readonly Word[];
  readonly passwords: readonly Word[];
}

interface Structure {
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
const isBlank = (text: string): boolean => !/[^ \t\n\v\f\r]/.test(text);
const NEEDS_QUOTES = /^#|[\s"\\]/;

/**
 * A `.netrc` as its bytes (a string of Latin-1), edited without touching a byte that is not the entry's: comments,
 * macros, `default`, quotes, blanks and line ends stay as they are. Read as curl and Python's `netrc` do where those
 * agree.
 */
export class NetrcDocument {
  readonly #structure: Structure;

  constructor(private readonly text: string) {
    this.#structure = structureOf(text);
  }

  toString(): string {
    return this.text;
  }

  /** Names of the machines, in order, as they are written. */
  get machines(): string[] {
    return this.#structure.entries.map((entry) => entry.name);
  }

  /** What stands there for `machine`. Upper and lower case are the same. */
  value(machine: string): { login: string; password: string } | undefined {
    const entry = this.#entry(machine);
    return entry && { login: entry.logins.at(-1)?.value ?? "", password: entry.passwords.at(-1)?.value ?? "" };
  }

  /** The entry's own text, byte for byte, for {@link restored}. */
  raw(machine: string): string | undefined {
    const entry = this.#entry(machine);
    return entry && this.text.slice(entry.start, entry.end);
  }

  /** With this value for `machine`: in place where there is an entry, else a new one before `default`. */
  with(machine: string, value: NetrcValue): NetrcDocument {
    const entry = this.#entry(machine);
    return entry ? this.#changed(entry, value) : this.#added(machine, value);
  }

  without(machine: string): NetrcDocument {
    const entry = this.#entry(machine);
    if (!entry) return this;
    const [start, end] = wholeLines(this.text, entry.start, entry.end);
    return this.#spliced(start, end, "");
  }

  /** With the machine's entry put back as {@link raw} gave it. */
  restored(machine: string, raw: string): NetrcDocument {
    const entry = this.#entry(machine);
    return entry ? this.#spliced(entry.start, entry.end, raw) : this;
  }

  #entry(machine: string): Entry | undefined {
    const { unclosedLine, entries } = this.#structure;
    if (unclosedLine !== undefined) {
      throw new DatabricksTokensError(
        "STORE_UNREADABLE",
        `Line ${unclosedLine} has a quoted word without an end, and what follows has no sure meaning: mend that line first`,
      );
    }
    const found = entries.filter((entry) => entry.name.toLowerCase() === machine.toLowerCase());
    if (found.length > 1) {
      throw new DatabricksTokensError(
        "ENTRY_AMBIGUOUS",
        `There are ${found.length} entries for machine ${machine}, and readers disagree which of them counts: leave one`,
      );
    }
    return found[0];
  }

  #changed(entry: Entry, { login, password }: NetrcValue): NetrcDocument {
    const missing = [
      entry.logins.length === 0 ? ` login ${encode(login)}` : "",
      entry.passwords.length === 0 ? ` password ${encode(password)}` : "",
    ].join("");
    const edits = [
      ...entry.logins.filter((word) => word.value !== login).map((word) => ({ ...word, by: encode(login) })),
      ...entry.passwords.filter((word) => word.value !== password).map((word) => ({ ...word, by: encode(password) })),
      ...(missing === "" ? [] : [{ start: entry.end, end: entry.end, by: missing }]),
    ].sort((a, b) => b.start - a.start);
    return new NetrcDocument(
      edits.reduce((text, { start, end, by }) => text.slice(0, start) + by + text.slice(end), this.text),
    );
  }

  #added(machine: string, { login, password }: NetrcValue): NetrcDocument {
    const newline = /\r?\n/.exec(this.text)?.[0] ?? "\n";
    const lines = [`machine ${machine}`, `login ${encode(login)}`, `password ${encode(password)}`];
    const { defaultAt, macroOpen } = this.#structure;
    if (defaultAt !== undefined) {
      const at = this.#lineBefore(defaultAt);
      return at === undefined
        ? this.#spliced(defaultAt, defaultAt, `${lines.join(" ")} `)
        : this.#spliced(at, at, lines.join(newline) + newline);
    }
    const end = this.text.length;
    const ended = end === 0 || this.text.endsWith("\n");
    const apart = macroOpen ? newline : "";
    // A text without a newline at its end stays one.
    return this.#spliced(
      end,
      end,
      ended ? apart + lines.join(newline) + newline : newline + apart + lines.join(newline),
    );
  }

  /** The start of the line of `default`, or of the comments over it; undefined where other words stand before it. */
  #lineBefore(defaultAt: number): number | undefined {
    let start = this.text.lastIndexOf("\n", defaultAt - 1) + 1;
    if (!isBlank(this.text.slice(start, defaultAt))) return undefined;
    while (start > 0) {
      const above = this.text.lastIndexOf("\n", start - 2) + 1;
      const first = above + this.text.slice(above, start).search(/[^ \t\n\v\f\r]/);
      if (first < above || !this.#structure.comments.includes(first)) break;
      start = above;
    }
    return start;
  }

  #spliced(start: number, end: number, by: string): NetrcDocument {
    return new NetrcDocument(this.text.slice(0, start) + by + this.text.slice(end));
  }
}

/** Bare where every reader takes it bare; else in the quotes that curl (since 7.84) and Python understand alike. */
function encode(value: string): string {
  return NEEDS_QUOTES.test(value) ? `"${value.replace(/["\\]/g, "\\$&")}"` : value;
}

/** Why a login or password can't be written so that every reader gets it back; undefined: it can. */
export function netrcProblem(value: string): string | undefined {
  if (value === "") return "must not be empty";
  if (/\p{Cc}/u.test(value)) return "has control characters, which no .netrc can hold for every reader";
  if (/[^ -~]/.test(value)) return "has characters beyond ASCII, which curl and Python send in different encodings";
  if (encode(value).length > 4000) return "is too long: curl leaves out lines of .netrc with over 4,095 bytes";
  return undefined;
}

function structureOf(text: string): Structure {
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
function wholeLines(text: string, start: number, end: number): [number, number] {
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
