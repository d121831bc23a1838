import { inspect } from "node:util";

const HIDDEN = "[secret]";
/** Shorter ones are no secrets, and would black out innocent text. */
const SHORTEST = 8;

/** An audit of a big stack has thousands at once, and each again with `Bearer` before it where it is shown. */
const MOST_REMEMBERED = 20_000;

/** The secrets that this process has seen last, oldest first: what it writes is searched for them. */
const seen = new Set<string>();
/** The same by a hash of how they begin, so that one pass finds them all, however long the text (Rabin and Karp). */
const byStart = new Map<number, Set<string>>();

function remember(value: string): void {
  if (value.length < SHORTEST) return;
  seen.delete(value);
  seen.add(value);
  const start = startOf(value);
  byStart.set(start, (byStart.get(start) ?? new Set()).add(value));
  const [oldest] = seen;
  if (seen.size > MOST_REMEMBERED && oldest !== undefined) forget(oldest);
}

function forget(value: string): void {
  seen.delete(value);
  const start = startOf(value);
  const alike = byStart.get(start);
  alike?.delete(value);
  if (alike?.size === 0) byStart.delete(start);
}

/** Of the last eight characters, as each step pushes four of 32 bits out. */
const hashed = (hash: number, code: number): number => ((hash << 4) + code) | 0;

function startOf(value: string): number {
  let hash = 0;
  for (let at = 0; at < SHORTEST; at++) hash = hashed(hash, value.charCodeAt(at));
  return hash;
}

/** A secret value at the package's inner seams: however it is printed, it shows `[secret]`; only `reveal()` gives it. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
    remember(value);
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}

/**
 * A text without any secret that this process has seen: by value, whatever it looks like. Where secrets overlap, or one
 * is the beginning of another, all that belongs to any of them is hidden.
 */
export function redact(text: string): string {
  let safe = "";
  let hiddenTo = 0;
  let hash = 0;
  for (let end = 1; end <= text.length; end++) {
    hash = hashed(hash, text.charCodeAt(end - 1));
    const candidates = end < SHORTEST ? undefined : byStart.get(hash);
    if (!candidates) continue;
    const at = end - SHORTEST;
    for (const value of candidates) {
      if (!text.startsWith(value, at)) continue;
      if (at >= hiddenTo) safe += text.slice(hiddenTo, at) + HIDDEN;
      hiddenTo = Math.max(hiddenTo, at + value.length);
    }
  }
  return safe + text.slice(hiddenTo);
}

/** The error, its message, stack and causes without secrets. For what leaves the package, whoever made it. */
export function redactError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error) || depth > 8) return error;
  error.message = redact(error.message);
  if (error.stack !== undefined) error.stack = redact(error.stack);
  redactError(error.cause, depth + 1);
  return error;
}
