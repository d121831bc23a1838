import type { Secret } from "../secret";

/** What an answer says of the credential that was shown. */

/** An answer that is no success, as it came. */
export interface FailedResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
  readonly path: string;
  /** Origin of the workspace. */
  readonly host: string;
  /** The sign-in of the request, and where its credential comes from. */
  readonly strategy: string;
  readonly source: string;
  /** What must not be quoted, should the server echo it: the headers that signed the request in. */
  readonly hide?: readonly Secret[];
  /** The server's clock less ours, where its answer has a Date. */
  readonly clockOffsetMs?: number;
}

/** What the rules look at. */
export interface Said extends FailedResponse {
  /** Symbolic code, or empty. */
  readonly errorCode: string;
  /** Everything the answer says, not for quoting. */
  readonly text: string;
  readonly fromApi: boolean;
  readonly html: boolean;
}

/** A token is dead once a 401 or 403 calls it invalid, expired or revoked: the one proof that there is. */
export const isDead = (said: Said): boolean =>
  isAuth(said) &&
  !isOfClaim(said) &&
  (/\b(invalid|expired|revoked) (personal )?(access[ _])?token\b/i.test(said.text) ||
    /\btoken\b[^.]{0,40}\b(is|was|has been|has) (invalid|expired|revoked|not valid)\b/i.test(said.text) ||
    /\berror="?invalid_token\b/.test(said.headers["www-authenticate"] ?? ""));

/** A fetched credential whose time is over, in the words of gateways and services; some answer 400. */
export const isExpired = (said: Said): boolean =>
  (isAuth(said) || said.status === 400) &&
  (/\b(jwt|token|credentials?|assertion|signature)\b[^.]{0,60}\bexpired\b/i.test(said.text) ||
    /\bexpired[ _-]?(jwt|token|credentials?)|(jwt|token|credentials?)[ _-]?expired\b/i.test(said.text));

/** An identity that is not for this workspace: issuer or audience of its token do not fit. */
export function isOfClaim(said: Said): boolean {
  const claim = /\b(issuer|iss claim|["'`]iss["'`]|audience|aud claim|["'`]aud["'`])/i;
  const refused =
    /invalid|mismatch|not match|not trusted|untrusted|unexpected|not allowed|not valid|fail|unknown|expected/i;
  return (isAuth(said) || said.status === 400) && claim.test(said.text) && refused.test(said.text);
}

export const isAuth = ({ status }: Said): boolean => status === 401 || status === 403;
