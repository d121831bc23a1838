import type { Secret } from "../secret";

/** Characters of a foreign text that a message quotes at most. */
export const MAX_QUOTED = 300;

/** What is read of a foreign text at all, so that a huge error page costs nothing. */
const MAX_READ = 64 * 1024;

const TOKEN_LIKE = [
  /\b(bearer|basic)(\s+|%20)[^\s"'<>,;]+/gi,
  /(dapi|dkea|dose|dsapi)[0-9a-z-]{8,}/gi, // Databricks' own: tokens and OAuth secrets
  /(?<=:\/\/)[^\s/]+(?=@)/g, // who signs in to a backend, in its address
  /(?<=[?&]sig=)[^\s&"']+/gi, // of a shared access signature
  /\beyJ[\w-]{5,}(\.[\w-]*){0,2}/g, // JSON web tokens
];

/** What pipelines take for orders in a program's output: Azure Pipelines and TeamCity, then GitHub Actions. */
const COMMANDS = [
  [/##(?=[\w. -]{0,40}\[)/g, "# #"],
  [/::(?=[\w-]{1,60}(?: [^:]{0,200})?::)/g, ": :"],
] as const;

/**
 * A text from elsewhere, fit to be quoted in a message: one line, at most 300 characters, without what looks like a
 * token or is one of the secrets that went out with the request, and without what a terminal or a pipeline would obey.
 */
export function foreignText(text: string, hide: readonly Secret[] = []): string {
  // First the invisible characters, which could hide a token from the patterns.
  let line = text
    .slice(0, MAX_READ)
    .replace(/[\s\p{Zl}\p{Zp}]+/gu, " ")
    .replace(/\p{C}/gu, "")
    .trim();
  for (const secret of hide) {
    for (const value of new Set([secret.reveal(), secret.reveal().replace(/^\w+ /, "")])) {
      if (value.length >= 4) line = line.replaceAll(value, "[secret]");
    }
  }
  for (const pattern of TOKEN_LIKE) line = line.replace(pattern, "[secret]");
  for (const [pattern, instead] of COMMANDS) line = line.replace(pattern, instead);
  return line.length <= MAX_QUOTED ? line : `${line.slice(0, MAX_QUOTED - 1)}…`;
}
