import { setTimeout as delay } from "node:timers/promises";
import { hasCode, isRefusal } from "../errors";
import { Secret } from "../secret";
import { type Credential, claimsOf } from "../sign-in";
import { type Caller, currentUser, listTokens, listTokensBy } from "../workspace";
import type { Listing, ListingWanted } from "./context";
import type { Identity } from "./minter";

/** How long a listing serves everybody in this process. */
const SHARED_MS = 30_000;
/** Who needs a listing of after a certain moment waits so long for others who do. */
const GATHER_MS = 250;

interface Asked {
  /** When the request began; Infinity as long as it has not. */
  at: number;
  listing: Promise<Listing>;
  isOver: boolean;
  /** The one after it, for all who need one that began later. */
  next?: Promise<Listing>;
}

/** What the operations of one process ask together: a refresh of 200 tokens lists once. */
export class SharedLists {
  readonly #asked = new Map<string, Asked>();
  readonly #users = new Map<string, Promise<Identity>>();

  constructor(
    private readonly now: () => number,
    private readonly sleep: (ms: number) => Promise<unknown> = delay,
  ) {}

  async list(caller: Caller, { identityKey }: Credential, { after, minter }: ListingWanted = {}): Promise<Listing> {
    const key = JSON.stringify([caller.client.host, identityKey, minter && [minter.id ?? "", minter.userName ?? ""]]);
    const list = (): Promise<Listing> => this.#ask(key, caller, { ...(minter && { minter }) }, after !== undefined);
    const shared = this.#asked.get(key);
    if (!shared) return list();
    if (shared.at >= (after ?? this.now() - SHARED_MS)) {
      return shared.listing.catch((error) => {
        // It may have run out of its starter's time, which is not ours.
        if (hasCode(error, "TIMEOUT")) return list();
        throw error;
      });
    }
    if (shared.isOver) return list();
    shared.next ??= shared.listing.then(list, list);
    return shared.next;
  }

  #ask(key: string, caller: Caller, { minter }: ListingWanted, gather: boolean): Promise<Listing> {
    const asked: Asked = { at: Number.POSITIVE_INFINITY, isOver: false, listing: undefined as never };
    const ask = async (): Promise<Listing> => {
      if (gather) await this.sleep(GATHER_MS);
      asked.at = this.now();
      const tokens = await (minter ? listTokensBy(caller, minter) : listTokens(caller));
      return { tokens, at: asked.at };
    };
    asked.listing = ask().finally(() => {
      asked.isOver = true;
    });
    this.#asked.set(key, asked);
    // A failure is nobody's listing: the next one asks again.
    asked.listing.catch(() => this.#asked.get(key) === asked && this.#asked.delete(key));
    return asked.listing;
  }

  async whoIs(caller: Caller, { identityKey }: Credential): Promise<Identity> {
    const key = `${caller.client.host} ${identityKey}`;
    const known = this.#users.get(key) ?? userOf(caller);
    this.#users.set(key, known);
    // A failure is no answer: the next one asks again.
    known.catch(() => this.#users.get(key) === known && this.#users.delete(key));
    const credential = identityOf((await caller.authorization.headers(caller.deadline))["authorization"]);
    try {
      return { ...credential, ...(await known) };
    } catch (error) {
      if (isRefusal(error)) return credential;
      throw error;
    }
  }
}

/** What `Me` says; nothing where the scopes of a credential never let it ask. */
async function userOf(caller: Caller): Promise<Identity> {
  try {
    return await currentUser(caller);
  } catch (error) {
    if (hasCode(error, "SCOPE_MISSING")) return {};
    throw error;
  }
}

/** Who a bearer token says that it is: a JWT names its subject, another is known by its value alone. */
function identityOf(header: Secret | undefined): Identity {
  const value = new Secret(header?.reveal().replace(/^Bearer /i, "") ?? "");
  const subject = claimsOf(value)?.["sub"];
  return typeof subject === "string" && subject !== "" ? { subject } : { value };
}
