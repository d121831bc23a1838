import { connectTo } from "../../provider/http/connection";
import { readErrorBody } from "../../provider/http/error-body";
import { errorFromNetwork } from "../../provider/http/error-from-network";
import { quote } from "../../provider/http/quote";
import { retryAfterMs } from "../../provider/http/throttle";
import { ProfileDocument } from "../../provider/machine/profile-document";
import { readProfiles } from "../../provider/sign-in/profiles";
import { parseComment } from "../../provider/token/marker";
import { errorFromResponse } from "../../provider/workspace/error-from-response";

/**
 * Shows each reader of foreign text inputs of a megabyte, of the kinds that make a regular expression take quadratic
 * time: the beginning of what it looks for, again and again. Prints how many it has read.
 */

const SIZE = 1_000_000;

const PIECES = [
  "<title ", "<pre ", "<title>", "<pre", "<html><title", "A_", "ABC: ", "token is ", "token ", "expired ", "expired_",
  "required ", "missing !", "scope ", "scopes a", "blocked by ", "Source IP address: ", "issuer ", "quota tokens ",
  "bearer ", "Bearer%20", "dapi", "eyJ", "eyJ-", "eyJa.", "://", "://a@", "?sig=", "[pulumi ", "[pulumi a/a/a/a#",
  "##", "##a", "::", "::a ", "::a::", " ", "\n", "\t", "\u2028", "&", "&amp", "&amp;", "#", "%", "%%", "a", "@", "{", "[",
] as const; // biome-ignore format: a list

const long = (piece: string): string => piece.repeat(Math.ceil(SIZE / piece.length));

const answer = (body: string, contentType: string, status: number) =>
  errorFromResponse({
    ...{ status, body, path: "/api/2.0/token/list", host: "https://h", strategy: "pat", source: "here" },
    headers: { "content-type": contentType, "x-databricks-reason-phrase": body.slice(0, 16_000) },
  });

function readProfilesOf(text: string): void {
  try {
    readProfiles(text, "cfg");
  } catch {
    // Refused: fine, as long as it was quick.
  }
}

/** Many short lines: what looks beyond its line, or through all that came before, takes quadratic time on these. */
const manyLines = [long("[a]\n"), long("[=\n"), Array.from({ length: 100_000 }, (_, index) => `k${index}=\n`).join("")];
for (const lines of manyLines) {
  for (const text of [lines, `[p]\n${lines}`]) {
    readProfilesOf(text);
    new ProfileDocument(`${text}\n[q]\ntoken = a\n`).without("q");
  }
}

let read = 0;
for (const piece of PIECES) {
  const text = long(piece);
  if (text.length < SIZE) throw new Error(`an input is shorter than it should be: ${piece}`);
  for (const body of [text, JSON.stringify({ error_code: text, message: text }), JSON.stringify({ error: text })]) {
    for (const contentType of ["text/html", "application/json", "text/plain"]) {
      readErrorBody(body, contentType);
      for (const status of [200, 400, 401, 403, 503]) answer(body, contentType, status);
    }
  }
  quote(text);
  parseComment(text);
  parseComment(`${text}]`);
  for (const [profile, key] of [
    ["", ""],
    ["[p]\n", "k = "],
    ["[p]\n", " "],
  ]) {
    readProfilesOf(`${profile}${key}${text}\n${text}`);
    new ProfileDocument(`${profile}${key}${text}\n[q]\n${key}${text}`).without("q");
  }
  retryAfterMs(text, 0);
  errorFromNetwork(new Error(text), { host: "https://h", timeoutMs: 1, proxied: false, timedOut: false });
  try {
    connectTo("https://h", 1, { HTTPS_PROXY: text });
  } catch {
    // No address: fine, as long as it was quick.
  }
  read += 1;
}
process.stdout.write(`${read}\n`);
