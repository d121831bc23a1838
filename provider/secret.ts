import { inspect } from "node:util";

const HIDDEN = "[secret]";
/** Shorter ones are no secrets, and would black out innocent text. */
const SHORTEST = 8;

/** Every secret that this process has seen: what it writes is searched for them. */
const seen = new Set<string>();

/** A secret value at the package's inner seams: however it is printed, it shows `[secret]`; only `reveal()` gives it. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
    if (value.length >= SHORTEST) seen.add(value);
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

/** A text without any secret that this process has seen: by value, whatever it looks like. */
export function redact(text: string): string {
  let safe = text;
  for (const value of seen) if (safe.includes(value)) safe = safe.replaceAll(value, HIDDEN);
  return safe;
}

/** The error, its message, stack and causes without secrets. For what leaves the package, whoever made it. */
export function redactError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error) || depth > 8) return error;
  error.message = redact(error.message);
  if (error.stack !== undefined) error.stack = redact(error.stack);
  redactError(error.cause, depth + 1);
  return error;
}
