import { Secret } from "../secret";
import type { Authorization } from "../workspace/authorization";
import type { SignIn } from "./strategy";
import { type Fetch, type FetchedToken, TokenCache } from "./token-cache";

const OPERATION_MS = 300_000;

/** The one cache of this process. */
const cache = new TokenCache();

/** Asks the cache for the token of one purpose, which `fetch` gets where there is none. */
export type Token = (purpose: string, fetch: Fetch) => Promise<FetchedToken>;

/** Signs in with tokens that are fetched when they are needed. `compose` makes the headers of them. */
export function fetched(
  strategy: string,
  signIn: SignIn,
  compose: (token: Token) => Promise<Record<string, Secret>>,
): Authorization {
  const { host, identityKey, from } = signIn;
  const keys = new Set<string>();
  const headers = (deadline = Date.now() + OPERATION_MS): Promise<Record<string, Secret>> =>
    compose((purpose, fetch) => {
      const key = `${host} ${identityKey} ${purpose}`;
      keys.add(key);
      return cache.get(key, fetch, deadline, `the sign-in ${strategy} (${from})`);
    });
  const forget = (refused: Readonly<Record<string, Secret>>): void => {
    const values = Object.values(refused).map((value) => new Secret(value.reveal().replace(/^Bearer /, "")));
    for (const key of keys) for (const value of values) cache.forget(key, value);
  };
  return { strategy, source: from, headers, forget };
}
