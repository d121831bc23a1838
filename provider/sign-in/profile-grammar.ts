/**
 * The grammar of `.databrickscfg`, for whoever reads one and for whoever writes one: Python's configparser, as the official
 * SDK for Python uses it (`ConfigParser().read`, then the raw values of a section). So: `=` or `:` behind a key; a line
 * that is indented deeper than its key goes on with the value, blank lines in between as well; comments have lines of
 * their own, there are none behind a value; what stands behind a header's last bracket is passed over; nothing is inherited
 * from DEFAULT, nothing is interpolated. Pure; every line is looked at once.
 */

/** A line, by offsets into the text. */
export interface Line {
  /** From 1. */
  readonly number: number;
  readonly start: number;
  /** Without the line end. */
  readonly end: number;
  /** With it. */
  readonly next: number;
}

export interface Setting extends Line {
  /** In lower case. */
  readonly key: string;
  /** Of several lines, joined by line ends. */
  readonly value: string;
  /** Blanks before the key. */
  readonly indent: string;
  readonly valueStart: number;
}

export interface Section {
  readonly name: string;
  readonly header: Line;
  readonly settings: Setting[];
  /** Comments, and what stands behind the header. */
  others: number;
  /** Lines that are neither a setting nor a part of one. */
  readonly strange: Array<{ readonly line: number; readonly column: number }>;
}

export interface Sections {
  readonly sections: Section[];
  /** Settings before the first section: Python's refuses the file, other clients take them for DEFAULT. */
  readonly homeless: Section;
}

/** What Python takes for blank in a text; in bytes, where letters beyond ASCII are several, only the ASCII ones. */
const isBlankByte = (code: number): boolean => (code >= 9 && code <= 13) || (code >= 28 && code <= 32);
const isBlankLetter = (code: number): boolean =>
  isBlankByte(code) || code === 0x85 || (code >= 0xa0 && /^\p{Z}$/u.test(String.fromCharCode(code)));

/** `isBytes`: the text is one of Latin-1, a character for each byte. */
export function sectionsOf(text: string, isBytes = false): Sections {
  const blank = isBytes ? isBlankByte : isBlankLetter;
  const byteOrderMark = isBytes ? "\u00ef\u00bb\u00bf" : "\ufeff";
  const sections: Section[] = [];
  const homeless = newSection("DEFAULT", { number: 0, start: 0, end: 0, next: 0 });
  let current = homeless;
  let open: { setting: Setting; values: string[] } | undefined;
  let indentLevel = 0;
  const close = (): void => {
    if (!open) return;
    const { setting, values } = open;
    while (values.length > 1 && values.at(-1) === "") values.pop();
    current.settings.push({ ...setting, value: values.join("\n") });
    open = undefined;
  };
  for (const line of linesOf(text, text.startsWith(byteOrderMark) ? byteOrderMark.length : 0)) {
    const [first, end] = trimmed(text, line, blank);
    const start = text[first];
    if (first >= end) {
      open?.values.push("");
      continue;
    }
    if (start === "#" || start === ";") {
      current.others += 1;
      continue;
    }
    if (open && first - line.start > indentLevel) {
      open.values.push(text.slice(first, end));
      open.setting = { ...open.setting, end: line.end, next: line.next };
      continue;
    }
    close();
    indentLevel = first - line.start;
    // Searched in the line alone: in the whole text each line would cost as much as all of them.
    const bracket = start === "[" ? first + text.slice(first, end).lastIndexOf("]") : -1;
    if (bracket > first + 1) {
      current = newSection(text.slice(first + 1, bracket).trim(), line);
      if (bracket + 1 < end) current.others += 1;
      sections.push(current);
      continue;
    }
    const setting = settingIn(text, line, first, end, blank);
    if (setting) open = { setting, values: [setting.value] };
    else current.strange.push({ line: line.number, column: first - line.start + 1 });
  }
  close();
  return { sections, homeless };
}

const newSection = (name: string, header: Line): Section => ({ name, header, settings: [], others: 0, strange: [] });

function settingIn(
  text: string,
  line: Line,
  first: number,
  end: number,
  blank: (code: number) => boolean,
): Setting | undefined {
  const found = text.slice(first, end).search(/[=:]/);
  const delimiter = first + found;
  const [, keyEnd] = trimmed(text, { start: first, end: delimiter }, blank);
  if (found < 0 || keyEnd <= first) return undefined;
  let valueStart = delimiter + 1;
  while (valueStart < end && blank(text.charCodeAt(valueStart))) valueStart += 1;
  return {
    ...line,
    key: text.slice(first, keyEnd).toLowerCase(),
    value: text.slice(valueStart, end),
    indent: text.slice(line.start, first),
    valueStart,
  };
}

/** Where the first and after the last character stands that is no blank. */
function trimmed(
  text: string,
  { start, end }: Pick<Line, "start" | "end">,
  blank: (code: number) => boolean,
): [number, number] {
  let [from, to] = [start, end];
  while (from < to && blank(text.charCodeAt(from))) from += 1;
  while (to > from && blank(text.charCodeAt(to - 1))) to -= 1;
  return [from, to];
}

/** Lines end as Python reads text: `\n`, `\r\n`, or a `\r` alone. */
function* linesOf(text: string, from: number): Generator<Line> {
  const lineEnd = /\r\n|\r|\n/g;
  lineEnd.lastIndex = from;
  let start = from;
  for (let number = 1; start < text.length; number++) {
    const found = lineEnd.exec(text);
    const end = found ? found.index : text.length;
    const next = found ? end + found[0].length : text.length;
    yield { number, start, end, next };
    start = next;
  }
}
