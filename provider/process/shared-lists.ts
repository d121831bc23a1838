import type { Credential } from "../credentials";
import { DatabricksTokensError } from "../errors";
import type { Listing } from "../token/context";
import { isRefusal } from "../token/identity";
import { type Caller, currentUser, listTokens, listTokensOf } from "../workspace";

/** How long a listing serves everybody in this process. */
const SHARED_MS = 30_000;

/** What the operations of one process ask together: a refresh of 200 tokens lists once. */
export class SharedLists {
  readonly #listings = new Map<string, { at: number; listing: Promise<Listing> }>();
  readonly #userNames = new Map<string, Promise<string>>();

  constructor(private readonly now: () => number) {}

  async list(
    caller: Caller,
    { identityKey }: Credential,
    { fresh = false, owner }: { fresh?: boolean; owner?: string } = {},
  ): Promise<Listing> {
    const key = `${caller.client.host} ${identityKey} ${owner ?? ""}`;
    const shared = this.#listings.get(key);
    if (!fresh && shared && this.now() - shared.at < SHARED_MS) {
      return shared.listing.catch((error) => {
        // It may have run out of its starter's time, which is not ours.
        if (error instanceof DatabricksTokensError && error.code === "TIMEOUT") return this.#ask(key, caller, owner);
        throw error;
      });
    }
    return this.#ask(key, caller, owner);
  }

  #ask(key: string, caller: Caller, owner: string | undefined): Promise<Listing> {
    const at = this.now();
    const tokens = owner === undefined ? listTokens(caller) : listTokensOf(caller, owner);
    const listing = tokens.then((found) => ({ tokens: found, at }));
    this.#listings.set(key, { at, listing });
    // A failure is nobody's listing: the next one asks again.
    listing.catch(() => this.#listings.get(key)?.listing === listing && this.#listings.delete(key));
    return listing;
  }

  async userName(caller: Caller, { identityKey }: Credential): Promise<string | undefined> {
    const key = `${caller.client.host} ${identityKey}`;
    const known = this.#userNames.get(key) ?? currentUser(caller).then(({ userName }) => userName);
    this.#userNames.set(key, known);
    // A failure is no answer: the next one asks again.
    known.catch(() => this.#userNames.get(key) === known && this.#userNames.delete(key));
    return known.catch((error) => {
      if (isRefusal(error)) return undefined;
      throw error;
    });
  }
}
