import { DatabricksTokensError } from "../errors";
import { type Line, type Section, type Setting, sectionsOf } from "../sign-in/profile-grammar";
import { assertIndentsPlain, assertUndoubted, KEYS, type Key } from "./profile-doubts";
import { assertAlone, COMPETING } from "./profile-values";

/** What signs in by a profile. */
export interface ProfileValue {
  readonly host: string;
  readonly token: string;
}

/**
 * A `.databrickscfg` as its bytes (a string of Latin-1), edited without touching a byte that is not the profile's host
 * or token.
 */
export class ProfileDocument {
  readonly #sections: Section[];
  /** Whether there are settings before the first section: some readers take them for DEFAULT, Python's refuses the file. */
  readonly #homeless: boolean;
  readonly #newline: string;

  constructor(private readonly text: string) {
    const { sections, homeless } = sectionsOf(text, true);
    this.#sections = sections;
    this.#homeless = homeless.settings.length + homeless.strange.length > 0;
    // As at its end, where one stands there: two kinds side by side could be a third.
    this.#newline = /(\r\n|\r|\n)$/.exec(text.slice(-2))?.[0] ?? /\r\n|\r|\n/.exec(text)?.[0] ?? "\n";
  }

  toString(): string {
    return this.text;
  }

  /** Names of the profiles, in order. */
  get profiles(): string[] {
    return this.#sections.map((section) => section.name);
  }

  /** What stands there for the profile; undefined: there is none. */
  value(profile: string): { host: string; token: string } | undefined {
    const section = this.#section(profile);
    return section && { host: setting(section, "host")?.value ?? "", token: setting(section, "token")?.value ?? "" };
  }

  /** Whether the profile is there, and nothing in it signs in: the CLI writes an empty `[DEFAULT]` of its own. */
  isVacant(profile: string): boolean {
    const signsIn = (key: string): boolean => key === "token" || key === "auth_type" || COMPETING.includes(key);
    return this.#section(profile)?.settings.every(({ key, value }) => value === "" || !signsIn(key)) ?? false;
  }

  /** The lines of host and token, byte for byte, for {@link restored}. */
  raw(profile: string): string | undefined {
    const section = this.#section(profile);
    return section && JSON.stringify(Object.fromEntries(KEYS.map((key) => [key, this.#lineOf(section, key)])));
  }

  /** With this host and token: in place where there is such a profile, else a new one at the end. */
  with(profile: string, value: ProfileValue): ProfileDocument {
    const section = this.#section(profile);
    if (!section) return this.#added(profile, value);
    assertAlone(section);
    // To the end of its last line: for the SDK for Python a comment behind it is a part of the value.
    return this.#edited(profile, (key, found) =>
      found ? this.text.slice(found.start, found.valueStart) + value[key] : `${key} = ${value[key]}`,
    );
  }

  /** Without host and token, and without the profile where it holds nothing else. `rest`: something else stays. */
  without(profile: string): { document: ProfileDocument; rest: boolean } {
    const section = this.#section(profile);
    if (!section) return { document: this, rest: false };
    const { others, strange } = section;
    const rest =
      others + strange.length > 0 || section.settings.some(({ key }) => !(KEYS as readonly string[]).includes(key));
    if (rest || !this.#mayGo(section)) return { document: this.#edited(profile, () => undefined), rest };
    return { document: this.#cut(section), rest };
  }

  /** With host and token put back as {@link raw} gave them. */
  restored(profile: string, raw: string): ProfileDocument {
    const lines = JSON.parse(raw) as Partial<Record<Key, string>>;
    return this.#section(profile) ? this.#edited(profile, (key) => lines[key]) : this;
  }

  #section(profile: string): Section | undefined {
    const found = this.#sections.filter((section) => section.name === profile);
    const [section] = found;
    assertIndentsPlain(this.text);
    assertUndoubted(this.text, found);
    if (!section && profile === "DEFAULT" && this.#homeless) {
      throw new DatabricksTokensError(
        "ENTRY_AMBIGUOUS",
        "There are settings before the first [profile], which only some readers take for DEFAULT: put them under [DEFAULT]",
      );
    }
    return section;
  }

  #lineOf(section: Section, key: Key): string | undefined {
    const found = setting(section, key);
    return found && this.text.slice(found.start, found.end);
  }

  /** Each line of `KEYS` becomes what `lineFor` says; undefined: it goes. A new one comes after the header, or host. */
  #edited(profile: string, lineFor: (key: Key, found: Setting | undefined) => string | undefined): ProfileDocument {
    return KEYS.reduce<ProfileDocument>((document, key) => {
      const section = document.#section(profile)!;
      const found = setting(section, key);
      // The line is computed from this document: an earlier edit has not touched it.
      const line = lineFor(key, setting(this.#section(profile)!, key));
      if (!found) {
        if (line === undefined) return document;
        const { after, indent } = slotFor(document.text, section, key, line);
        return document.#spliced(after.end, after.end, document.#newline + indent + line.slice(indentOf(line).length));
      }
      if (line !== undefined) return document.#spliced(found.start, found.end, line);
      // The line end before it goes: that one is always there.
      return document.#spliced(lineEndBefore(document.text, found.start), found.end, "");
    }, this);
  }

  #added(profile: string, { host, token }: ProfileValue): ProfileDocument {
    const { text } = this;
    const nl = this.#newline;
    const block = [`[${profile}]`, `host = ${host}`, `token = ${token}`].join(nl);
    if (text === "") return new ProfileDocument(block + nl);
    // A blank line between; a text without a newline at its end stays one.
    return new ProfileDocument(/[\r\n]$/.test(text) ? text + nl + block + nl : text + nl + nl + block);
  }

  /** Without this header the next one, indented deeper, would go on with the value before it. */
  #mayGo(section: Section): boolean {
    const before = this.#sections[this.#sections.indexOf(section) - 1]?.settings.at(-1);
    const last = section.settings.at(-1) ?? section.header;
    return before === undefined || indentAfter(this.text, last.next).length <= before.indent.length;
  }

  #cut(section: Section): ProfileDocument {
    const last = section.settings.at(-1) ?? section.header;
    let start = section.header.start;
    let { next } = last;
    // The blank line that stands before it goes with it.
    const above = lineEndBefore(this.text, start);
    const blank = start > 0 && (above === 0 || /[\r\n]/.test(this.text[above - 1] ?? ""));
    if (blank) start = above;
    // Where it ended the text without a newline, what is now the last line has none either.
    if (last.end === last.next && start > 0) start = lineEndBefore(this.text, start);
    else if (last.end === last.next) next = last.end;
    return this.#spliced(start, next, "");
  }

  #spliced(start: number, end: number, by: string): ProfileDocument {
    return new ProfileDocument(this.text.slice(0, start) + by + this.text.slice(end));
  }
}

const setting = (section: Section, key: Key): Setting | undefined => section.settings.find((item) => item.key === key);

const indentOf = (line: string): string => /^[ \t]*/.exec(line)?.[0] ?? "";

/**
 * Where a new line may stand, and how far in: a line that is indented deeper than the one before it would go on with that
 * one's value. After the host, else first of all, and as far in as what follows or comes before.
 */
function slotFor(text: string, section: Section, key: Key, line: string): { after: Line; indent: string } {
  const host = key === "token" ? setting(section, "host") : undefined;
  if (host) return { after: host, indent: host.indent };
  const own = indentOf(line);
  const next = indentAfter(text, section.header.next);
  return { after: section.header, indent: next.length > own.length ? next : own };
}

/** How far in the next line stands that is neither blank nor a comment. */
function indentAfter(text: string, at: number): string {
  const found = /^(?:[ \t\v\f]*(?:[#;][^\r\n]*)?(?:\r\n|\r|\n))*([ \t\v\f]*)/.exec(text.slice(at));
  return found?.[1] ?? "";
}

/** Where the line end right before `at` begins. */
function lineEndBefore(text: string, at: number): number {
  if (at === 0) return 0;
  return text.slice(at - 2, at) === "\r\n" ? at - 2 : at - 1;
}
