import { DatabricksTokensError } from "../errors";

/** What signs in by a profile. */
export interface ProfileValue {
  readonly host: string;
  readonly token: string;
}

const KEYS = ["host", "token"] as const;
type Key = (typeof KEYS)[number];

/** Other ways to sign in: beside a token, the official clients refuse the profile or take the other one. */
const COMPETING = [
  "username",
  "password",
  "client_id",
  "client_secret",
  "azure_client_id",
  "azure_client_secret",
  "azure_tenant_id",
  "google_service_account",
  "google_credentials",
];

interface Line {
  readonly start: number;
  /** Without the line end. */
  readonly end: number;
  /** With it. */
  readonly next: number;
}

interface Setting extends Line {
  readonly key: string;
  readonly value: string;
  readonly valueStart: number;
  readonly valueEnd: number;
}

interface Section {
  readonly name: string;
  readonly header: Line;
  readonly settings: Setting[];
  /** Comments and whatever else is neither blank nor a setting. */
  others: number;
}

/**
 * A `.databrickscfg` as its bytes (a string of Latin-1), edited without touching a byte that is not the profile's host
 * or token.
 */
export class ProfileDocument {
  readonly #sections: Section[];
  /** Settings before the first section: some readers take them for DEFAULT, Python's refuses the file. */
  readonly #homeless: boolean;
  readonly #newline: string;

  constructor(private readonly text: string) {
    const { sections, homeless } = sectionsOf(text);
    this.#sections = sections;
    this.#homeless = homeless;
    this.#newline = /\r?\n/.exec(text)?.[0] ?? "\n";
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
    return this.#edited(profile, (key, found) =>
      found
        ? this.text.slice(found.start, found.valueStart) + value[key] + this.text.slice(found.valueEnd, found.end)
        : `${key} = ${value[key]}`,
    );
  }

  /** Without host and token, and without the profile where it holds nothing else. `rest`: something else stays. */
  without(profile: string): { document: ProfileDocument; rest: boolean } {
    const section = this.#section(profile);
    if (!section) return { document: this, rest: false };
    const rest = section.others > 0 || section.settings.some(({ key }) => !(KEYS as readonly string[]).includes(key));
    if (rest) return { document: this.#edited(profile, () => undefined), rest };
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
    const twice = section && KEYS.find((key) => section.settings.filter((item) => item.key === key).length > 1);
    if (found.length > 1 || twice) {
      throw new DatabricksTokensError(
        "ENTRY_AMBIGUOUS",
        `${found.length > 1 ? `Profile [${profile}] is there` : `${twice} of profile [${profile}] is set`} more than once, ` +
          "and readers disagree which counts: leave one",
      );
    }
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
      if (!found && line === undefined) return document;
      if (!found) {
        const after = (key === "token" && setting(section, "host")) || section.header;
        return document.#spliced(after.end, after.end, document.#newline + line);
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
    return new ProfileDocument(text.endsWith("\n") ? text + nl + block + nl : text + nl + nl + block);
  }

  #cut(section: Section): ProfileDocument {
    const last = section.settings.at(-1) ?? section.header;
    let start = section.header.start;
    let { next } = last;
    // The blank line that stands before it goes with it.
    const above = lineEndBefore(this.text, start);
    const blank = start > 0 && (above === 0 || this.text[above - 1] === "\n");
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

/** Where the line end right before `at` begins. */
function lineEndBefore(text: string, at: number): number {
  if (at === 0) return 0;
  return text.slice(at - 2, at) === "\r\n" ? at - 2 : at - 1;
}

function assertAlone({ name, settings }: Section): void {
  const found = settings.filter(
    ({ key, value }) => COMPETING.includes(key) || (key === "auth_type" && value.toLowerCase() !== "pat"),
  );
  if (found.length === 0) return;
  throw new DatabricksTokensError(
    "ENTRY_AMBIGUOUS",
    `Profile [${name}] signs in another way (${found.map(({ key }) => key).join(", ")}), which a token beside it would ` +
      "clash with: remove that, or choose another profile",
  );
}

function sectionsOf(text: string): { sections: Section[]; homeless: boolean } {
  const sections: Section[] = [];
  let homeless = false;
  for (const line of linesOf(text)) {
    const raw = text.slice(line.start, line.end);
    if (raw.trim() === "") continue;
    const current = sections.at(-1);
    // What stands behind the last bracket, such as a comment, readers pass over.
    const header = /^\s*\[(.+)\](.*)$/.exec(raw.replace(/^\u00EF\u00BB\u00BF/, ""));
    const found = header ? undefined : settingOf(raw, line);
    if (header) {
      const others = header[2]!.trim() === "" ? 0 : 1;
      sections.push({ name: header[1]!.trim(), header: line, settings: [], others });
    } else if (found && current) current.settings.push(found);
    else if (found) homeless = true;
    else if (current) current.others += 1;
  }
  return { sections, homeless };
}

/** `key = value`, without a comment behind it. */
function settingOf(raw: string, line: Line): Setting | undefined {
  const match = /^(\s*([^\s#;=:][^=:]*?)\s*[=:][^\S\n]*)(.*)$/.exec(raw);
  if (!match) return undefined;
  const [, head = "", key = "", rest = ""] = match;
  const value = rest.replace(/(^|\s)[#;].*$/, "").trimEnd();
  const valueStart = line.start + head.length;
  return { ...line, key: key.toLowerCase(), value, valueStart, valueEnd: valueStart + value.length };
}

function* linesOf(text: string): Generator<Line> {
  let start = 0;
  while (start < text.length) {
    const newline = text.indexOf("\n", start);
    const next = newline < 0 ? text.length : newline + 1;
    const end = newline < 0 ? text.length : text[newline - 1] === "\r" && newline > start ? newline - 1 : newline;
    yield { start, end, next };
    start = next;
  }
}

/** Why a host or token can't be written so that every reader gets it back; undefined: it can. */
export function profileValueProblem(value: string): string | undefined {
  if (value === "") return "must not be empty";
  if (/\p{Cc}/u.test(value)) return "has control characters, which no .databrickscfg can hold";
  if (/[^!-~]/.test(value))
    return "has blanks or characters beyond ASCII, which readers of .databrickscfg treat differently";
  const odd = /["'`#;\\%]/.exec(value)?.[0];
  return odd && `has the character ${odd}, which readers of .databrickscfg treat differently`;
}

/** Why a profile can't have this name; undefined: it can. */
export function profileNameProblem(name: string): string | undefined {
  if (name === "__settings__") return "is the Databricks CLI's own section, not a profile";
  if (/^[\w.@:/+-]+( [\w.@:/+-]+)*$/.test(name)) return undefined;
  return "must be letters, digits and . _ - @ : / +, with single blanks in between";
}
