import type { Kind } from "../../audit/rows";
/** What a report is written on. */
export interface Terminal {
  /** Columns of a line; undefined: as many as it takes. */
  readonly width?: number | undefined;
  readonly colour: boolean;
  /** Letters of ASCII alone. */
  readonly ascii: boolean;
  /** Tokens of others one by one, however many. */
  readonly all: boolean;
}

const COLOURS: Readonly<Record<Kind, number>> = {
  managed: 32,
  retiring: 36,
  orphan: 31,
  unclaimed: 31,
  "other-stack": 90,
  "not-ours": 90,
  dead: 33,
};

/** In the colour of its kind, on a terminal. */
export const coloured = (text: string, kind: Kind, { colour }: Terminal): string =>
  colour && text !== "" ? `\x1b[${COLOURS[kind]}m${text}\x1b[39m` : text;

/** A terminal is as wide as it says, and coloured unless `NO_COLOR` is set; nothing else is either. */
export function terminalOf(
  stream: { isTTY?: boolean; columns?: number },
  env: Readonly<Record<string, string | undefined>>,
  all: boolean,
): Terminal {
  const isTerminal = stream.isTTY === true;
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"] || "";
  const plain = ["dumb", "linux"].includes(env["TERM"] ?? "") || (locale !== "" && !/utf-?8/i.test(locale));
  return {
    // A terminal that does not know its width says 0.
    width: (isTerminal && stream.columns) || undefined,
    colour: isTerminal && !env["NO_COLOR"],
    ascii: isTerminal && plain,
    all,
  };
}
