import { Secret } from "../secret";
import type { Authorization } from "../workspace/authorization";
import type { SignIn } from "./strategy";
import { type Fetch, type FetchedToken, TokenCache } from "./token-cache";

const OPERATION_MS = 300_000;

/** The one cache of this process. */
const cache = new TokenCache();

/** The token of one purpose of a sign-in: from the cache, else by `fetch`. */
export function fetchedToken(
  strategy: string,
  { host, identityKey, from }: SignIn,
  purpose: string,
  fetch: Fetch,
  deadline: number,
): Promise<FetchedToken> {
  return cache.get(keyOf(host, identityKey, purpose), fetch, deadline, `the sign-in ${strategy} (${from})`);
}

/** After a refusal: the next one who asks gets a new one. */
export function forgetToken({ host, identityKey }: SignIn, purpose: string, { value }: FetchedToken): void {
  cache.forget(keyOf(host, identityKey, purpose), value);
}

const keyOf = (host: string, identityKey: string, purpose: string): string => `${host} ${identityKey} ${purpose}`;

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
      keys.add(keyOf(host, identityKey, purpose));
      return fetchedToken(strategy, signIn, purpose, fetch, deadline);
    });
  const forget = (refused: Readonly<Record<string, Secret>>): void => {
    const values = Object.values(refused).map((value) => new Secret(value.reveal().replace(/^Bearer /, "")));
    for (const key of keys) for (const value of values) cache.forget(key, value);
  };
  return { strategy, source: from, headers, forget };
}
