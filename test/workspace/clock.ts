/** A clock that can be set and put forward: expiry and every lag of the workspace go by it. */
export class Clock {
  #offset = 0;
  #fixed: number | undefined;

  /** Epoch ms. */
  now(): number {
    return this.#fixed ?? Date.now() + this.#offset;
  }

  advance(ms: number): void {
    if (this.#fixed !== undefined) this.#fixed += ms;
    else this.#offset += ms;
  }

  /** Stops the clock at a moment; undefined lets it run again, right. */
  set(epochMs: number | undefined): void {
    this.#fixed = epochMs;
    this.#offset = 0;
  }
}
