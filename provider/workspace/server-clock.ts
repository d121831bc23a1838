/** A `Date` header counts whole seconds: a smaller difference is none. */
const RESOLUTION_MS = 2_000;
/** An answer that took longer says too little of when its time was written. */
const LONGEST_SAMPLE_MS = 4_000;
/** Two times that differ by less tell the same. */
const AGREE_MS = 60_000;

/**
 * A workspace's clock, as its own answers tell it. A time that is near this machine's, or near the one accepted before,
 * counts at once; any other only once a second answer agrees: a proxy's page, or one wrong answer, sets no clock.
 */
export class ServerClock {
  #offsetMs: number | undefined;
  /** Told once, and not believed yet. */
  #doubtedMs: number | undefined;

  /** `now` is this machine's clock, epoch ms. */
  constructor(private readonly now: () => number) {}

  /** Its time less ours in ms; undefined until it is known. */
  get offsetMs(): number | undefined {
    return this.#offsetMs;
  }

  /** Whether its time is known, and nothing has spoken against it since. */
  get isSure(): boolean {
    return this.#offsetMs !== undefined && this.#doubtedMs === undefined;
  }

  /** Its time, epoch ms: ours, corrected where the two are known to be 2 s apart or more. */
  serverNow(): number {
    const offset = this.#offsetMs ?? 0;
    return this.now() + (Math.abs(offset) < RESOLUTION_MS ? 0 : offset);
  }

  /** The latest that it may be there by all that was said: for moments that are noted before the time is known. */
  latestNow(): number {
    if (this.#offsetMs !== undefined) return this.serverNow();
    return this.now() + Math.max(0, this.#doubtedMs ?? 0);
  }

  /** `time` was told between two moments of this machine's clock; all epoch ms. 0 or NaN: it was not. */
  learn(time: number, sentAt: number, endedAt: number): void {
    if (!(time > 0) || endedAt - sentAt > LONGEST_SAMPLE_MS) return;
    const offset = Math.round(time - (sentAt + endedAt) / 2);
    const agrees = (other: number | undefined): boolean => other !== undefined && Math.abs(offset - other) <= AGREE_MS;
    if (agrees(0) || agrees(this.#offsetMs) || agrees(this.#doubtedMs)) {
      this.#offsetMs = offset;
      this.#doubtedMs = undefined;
    } else this.#doubtedMs = offset;
  }
}
