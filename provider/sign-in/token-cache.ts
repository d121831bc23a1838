import { DatabricksTokensError } from "../errors";
import type { Secret } from "../secret";

/** A token that a sign-in got. */
export interface FetchedToken {
  readonly value: Secret;
  /** Epoch ms of this machine's clock. */
  readonly expiresAt: number;
}

/** Gets a token; it must be through, or have failed, by `until` (epoch ms). */
export type Fetch = (until: number) => Promise<FetchedToken>;

/** Databricks refuses Entra tokens with 30 s or less left; a call may take that long again. */
const LEAST_LEFT_MS = 60_000;

/**
 * The tokens that sign-ins of this process got, in memory alone. One is fetched before it has less than 60 s left, once
 * for all who ask meanwhile. A fetch has its own time limit: who gives up earlier leaves it to the others.
 */
export class TokenCache {
  readonly #cached = new Map<string, FetchedToken>();
  readonly #pending = new Map<string, Promise<FetchedToken>>();

  constructor(
    private readonly now: () => number = Date.now,
    private readonly fetchMs = 60_000,
  ) {}

  /** `key` names host, identity and purpose. @throws DatabricksTokensError TIMEOUT where there is none by `deadline` */
  async get(key: string, fetch: Fetch, deadline: number, what: string): Promise<FetchedToken> {
    const cached = this.#cached.get(key);
    if (cached && cached.expiresAt - this.now() >= LEAST_LEFT_MS) return cached;
    return this.#within(deadline, this.#pending.get(key) ?? this.#fetch(key, fetch), what);
  }

  /** The next one who asks gets a new token, unless somebody has fetched one since `refused` was given out. */
  forget(key: string, refused: Secret): void {
    if (this.#cached.get(key)?.value.reveal() === refused.reveal()) this.#cached.delete(key);
  }

  #fetch(key: string, fetch: Fetch): Promise<FetchedToken> {
    const fetching = fetch(this.now() + this.fetchMs)
      .then((token) => {
        this.#cached.set(key, token);
        return token;
      })
      .finally(() => this.#pending.delete(key));
    this.#pending.set(key, fetching);
    return fetching;
  }

  async #within(deadline: number, fetching: Promise<FetchedToken>, what: string): Promise<FetchedToken> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, failed) => {
      const text = `The time for this operation was over before ${what} had given a token`;
      timer = setTimeout(() => failed(new DatabricksTokensError("TIMEOUT", text)), Math.max(0, deadline - this.now()));
    });
    try {
      return await Promise.race([fetching, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
