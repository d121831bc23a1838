import { DatabricksTokensError } from "../errors";
import { type Entry, isBlank, type Structure, structureOf, wholeLines } from "./netrc-structure";

/** Login and password of one machine, as text that no reader understands differently. */
export interface NetrcValue {
  readonly login: string;
  readonly password: string;
}

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
