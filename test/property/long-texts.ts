import { parseComment } from "../../provider/token/marker";
import { errorFromAnswer } from "../../provider/workspace/answer";
import { connectTo } from "../../provider/workspace/connection";
import { readErrorBody } from "../../provider/workspace/error-body";
import { foreignText } from "../../provider/workspace/foreign-text";
import { errorFromNetwork } from "../../provider/workspace/network";
import { retryAfterMs } from "../../provider/workspace/throttle";

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
  errorFromAnswer({
    ...{ status, body, path: "/api/2.0/token/list", host: "https://h", strategy: "pat", source: "here" },
    headers: { "content-type": contentType, "x-databricks-reason-phrase": body.slice(0, 16_000) },
  });

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
  foreignText(text);
  parseComment(text);
  parseComment(`${text}]`);
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
