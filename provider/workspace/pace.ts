/** How long to wait, in milliseconds. Pure, but for the jitter that is handed in. */

/** Longest wait without a word from the server. */
const LONGEST_MS = 30_000;

/** `Retry-After` in seconds or as an HTTP date, which the server's own `Date` judges; undefined if there is none. */
export function retryAfterMs(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  now: number,
): number | undefined {
  const value = String(headers["retry-after"] ?? "").trim();
  if (value === "") return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  if (Number.isNaN(date)) return undefined;
  const server = Date.parse(String(headers["date"] ?? ""));
  return Math.max(0, date - (Number.isNaN(server) ? now : server));
}

/** Exponential backoff from 1 s, with a jitter in [0, 1) that takes off up to half. */
export function backoffMs(attempt: number, jitter: number): number {
  return Math.min(LONGEST_MS, 1000 * 2 ** (attempt - 1)) * (1 - jitter / 2);
}
