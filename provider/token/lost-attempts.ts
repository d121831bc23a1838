import { changesComments, mayBeAnothers } from "./in-flight";
import { ownListing } from "./listing";
import { type Attempts, attemptsIn } from "./lost";
import { isCutFrom } from "./marker";
import { type AlsoLost, sweep } from "./sweep";
import { noteLostAttempt } from "./unfinished";
import { requestOf, type Work } from "./work";

/** When to look for an attempt whose answer was lost: "not listed yet" is no proof that it was never made. */
const LOOKS_MS = [0, 500, 1_500, 4_000];
/** The workspace's clock is known to the second, and so are the times of what it creates. */
const CLOCK_GRACE_MS = 2_000;

/** A creation that was sent, epoch ms of this machine's clock. */
interface Attempt {
  readonly began: number;
  readonly ended: number;
}

/** The creations of one mint whose answers were lost, and what they were found to have made. */
export class LostAttempts {
  readonly #attempts: Attempt[] = [];
  /** Creation times, by this machine's clock, of what was found, by token id. */
  readonly #found = new Map<string, number>();

  constructor(private readonly work: Work) {}

  /** When the first of them was sent, by the workspace's clock. */
  get from(): number {
    return (this.#attempts[0]?.began ?? 0) + this.#offsetMs;
  }

  /**
   * How many are not known to be undone. An id counts once, for the attempt in whose time it falls.
   */
  get unaccounted(): number {
    const [first] = this.#attempts;
    if (!first) return 0;
    const accounted = new Set<number>();
    const end = this.#attempts.at(-1)!.ended + CLOCK_GRACE_MS;
    for (const createdAt of this.#found.values()) {
      if (createdAt < first.began - CLOCK_GRACE_MS || createdAt > end) continue;
      accounted.add(
        Math.max(
          0,
          this.#attempts.findLastIndex(({ began }) => createdAt >= began),
        ),
      );
    }
    return this.#attempts.length - accounted.size;
  }

  add(attempt: Attempt): void {
    this.#attempts.push(attempt);
  }

  /** Sweeps until as many tokens are found as attempts were lost, or the looks are over. */
  async look(): Promise<void> {
    const { context } = this.work;
    const { ended } = this.#attempts.at(-1)!;
    for (const pause of LOOKS_MS) {
      if (context.now() + pause >= context.deadline) break;
      if (pause > 0) await context.sleep(pause);
      try {
        // Half of a pause old is new enough, so that many who look share their listings.
        await this.#sweep(Math.max(ended, context.now() - pause / 2));
      } catch {
        // A listing that fails proves nothing: look again.
      }
      if (this.unaccounted === 0) break;
    }
  }

  async #sweep(after: number): Promise<void> {
    const { context, credential } = this.work;
    const swept = await sweep(context, ownListing(context, credential), this.#known(), after, this.#alsoLost());
    for (const { tokenId, creationTime } of swept) {
      if (creationTime > 0) this.#found.set(tokenId, creationTime - this.#offsetMs);
    }
  }

  get #offsetMs(): number {
    return this.work.context.client.serverNow() - this.work.context.now();
  }

  /** These attempts are known to the moment. */
  #known(): Attempts {
    const { context, state, desired } = this.work;
    const attempts = attemptsIn(state, context.limits.operationMs, desired);
    const since = this.#attempts.at(-1)!.ended + this.#offsetMs + 1;
    return { ...attempts, recorded: [...attempts.recorded, { from: this.from, since, isExact: true }] };
  }

  /**
   * Where a workspace cuts comments before the nonce: a comment that ours begins with, the lifetime, and the time of a
   * lost attempt, while nobody else of this process may be given it.
   */
  #alsoLost(): AlsoLost {
    const { comment, lifetimeSeconds } = requestOf(this.work);
    const { host } = this.work.context.client;
    const from = this.from - CLOCK_GRACE_MS;
    const until = this.#attempts.at(-1)!.ended + this.#offsetMs + CLOCK_GRACE_MS;
    return (token) => {
      const { creationTime, expiryTime, tokenId } = token;
      const isLost =
        isCutFrom(token.comment, comment) !== undefined &&
        creationTime >= from &&
        creationTime < until &&
        Math.abs(expiryTime - creationTime - lifetimeSeconds * 1000) <= CLOCK_GRACE_MS &&
        !mayBeAnothers(host, tokenId, token.comment);
      if (isLost) changesComments(host);
      return isLost;
    };
  }
}

/**
 * Revokes what a gateway may have made besides, by sending a creation twice, where nothing of the mint is kept that a
 * later run could look again by. `began`: epoch ms of this machine's clock.
 */
export async function sweepRepeated({ context, credential, state, desired }: Work, began: number): Promise<void> {
  const offset = context.client.serverNow() - context.now();
  const attempts = attemptsIn(state, context.limits.operationMs, desired);
  const window = { from: began + offset, since: context.client.serverNow() + 1, isExact: true };
  const recorded = [...attempts.recorded, window];
  try {
    await sweep(context, ownListing(context, credential), { ...attempts, recorded }, context.now());
  } catch {
    // Then it is left to a later run to look.
    const { from, since } = window;
    const until = since + requestOf({ desired }).lifetimeSeconds * 1000;
    const minter = state.candidates.at(-1)?.minter ?? {};
    noteLostAttempt(state, { from, since, until, minter, origin: desired.origin });
  }
}
