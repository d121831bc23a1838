import type { Secret } from "../secret";
import type { Authorization } from "../workspace/authorization";
import { askAuthority } from "./authority";
import { tokenEndpoint } from "./discovery";
import { fetched } from "./fetched";
import { bearerHeader, granted } from "./granted";
import type { SignIn } from "./strategy";
import type { FetchedToken } from "./token-cache";

/** Gets the identity token that a platform vouches for a workload with; read or asked for anew at each exchange. */
export type IdentityToken = (endpoint: string, until: number) => Secret | Promise<Secret>;

/**
 * Exchanges a workload's identity token for the workspace's tokens. With a client id by that service principal's
 * federation policy, without by the account's.
 */
export function tokenExchange(strategy: string, signIn: SignIn, identityToken: IdentityToken): Authorization {
  const fetch = async (until: number): Promise<FetchedToken> => {
    const url = await tokenEndpoint(strategy, signIn, until);
    const subject = await identityToken(url, until);
    const askedAt = Date.now();
    const form = {
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: subject,
      subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
      scope: "all-apis",
      client_id: signIn.setting("clientId"),
    };
    return granted(await askAuthority(strategy, signIn, { method: "POST", url, form, until }), askedAt, url);
  };
  return fetched(strategy, signIn, async (token) => ({ authorization: bearerHeader(await token("workspace", fetch)) }));
}
