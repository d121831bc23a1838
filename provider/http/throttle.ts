import { DatabricksTokensError } from "../errors";

/** Time as the client sees it; parameters, so that tests need not wait. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  sleep(ms: number): Promise<void>;
  /** From 0 to below 1, for jitter. */
  random(): number;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** The least pause after a `Retry-After: 0`: a loop without any would be the very flood that it answers. */
const LEAST_PAUSE_MS = 100;
/** Those who waited together come back within this time, not at the same instant. */
const SPREAD_MS = 250;

/** Milliseconds to wait by `Retry-After` (seconds, or a date that the server's own `Date` is taken from). */
export function retryAfterMs(header: string | undefined, serverNow: number): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const date = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - serverNow);
}

/** Pause before attempt `count` + 1: doubles from `first` up to 30 s, and between half and all of that by chance. */
export function backoffMs(count: number, random: number, first = FIRST_PAUSE_MS): number {
  return Math.min(LONGEST_PAUSE_MS, first * 2 ** Math.min(count, 20)) * (0.5 + random / 2);
}

/** The pause that a workspace asked for. All calls to that workspace keep it, whichever of them was told. */
export class Throttle {
  #until = 0;
  #refusedAt = 0;
  #strikes = 0;

  constructor(readonly host: string) {}

  /** A call that had been sent at `sentAt` was refused; `askedMs` is what Retry-After said. */
  refused(sentAt: number, askedMs: number | undefined, clock: Clock): void {
    // Calls that were under way together are refused together: that is one refusal, not many.
    const again = sentAt >= this.#until;
    const pause = askedMs === undefined ? backoffMs(this.#strikes, clock.random()) : Math.max(askedMs, LEAST_PAUSE_MS);
    if (again) this.#strikes += 1;
    this.#refusedAt = clock.now();
    if (again || askedMs !== undefined) this.#until = Math.max(this.#until, clock.now() + pause);
  }

  /** A call that had been sent at `sentAt` was answered. */
  admitted(sentAt: number): void {
    if (sentAt >= this.#until) this.#strikes = 0;
  }

  /** Waits until calls are welcome again. Throws THROTTLED at once where that is not before `deadline`. */
  async wait(deadline: number, clock: Clock): Promise<void> {
    // A clock that was set back since then can't tell how long that is.
    if (clock.now() < this.#refusedAt) this.#until = 0;
    for (let left = this.#until - clock.now(); left > 0; left = this.#until - clock.now()) {
      if (this.#until >= deadline) {
        throw new DatabricksTokensError(
          "THROTTLED",
          `${this.host} has had too many requests and asks to wait ${Math.ceil(left / 1000)} s, longer than this ` +
            "operation may still take; nothing was done. Run again later, or raise databricks:operationTimeoutSeconds",
        );
      }
      await clock.sleep(left + clock.random() * Math.min(SPREAD_MS, left));
    }
  }
}

const throttles = new Map<string, Throttle>();

/** The one throttle of a workspace in this process. */
export function throttleOf(host: string): Throttle {
  const throttle = throttles.get(host) ?? new Throttle(host);
  throttles.set(host, throttle);
  return throttle;
}
