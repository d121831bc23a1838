import { DatabricksTokensError } from "../errors";
import type { Secret } from "../secret";
import type { Authorization } from "../workspace/authorization";
import { cachedSignIn } from "./cached-sign-in";
import { claimsOf } from "./claims";
import { tokenEndpoint } from "./discovery";
import { bearerHeader, tokenFromResponse } from "./oauth-response";
import type { SignIn } from "./strategy";
import type { FetchedToken } from "./token-cache";
import { askAuthority } from "./token-request";

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
    assertForHost(strategy, signIn, subject);
    const askedAt = Date.now();
    const form = {
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: subject,
      subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
      scope: "all-apis",
      client_id: signIn.setting("clientId"),
    };
    return tokenFromResponse(await askAuthority(strategy, signIn, { method: "POST", url, form, until }), askedAt, url);
  };
  return cachedSignIn(strategy, signIn, async (token) => ({
    authorization: bearerHeader(await token("workspace", fetch)),
  }));
}

/**
 * A host that only a state names gets no identity token but its own: with another audience it could redeem it elsewhere.
 * @throws DatabricksTokensError HOST_NOT_NAMED
 */
function assertForHost(strategy: string, { host, from, isHostTrusted }: SignIn, token: Secret): void {
  const audiences = audiencesOf(token);
  const isOwn = (audience: unknown): boolean =>
    typeof audience === "string" && URL.canParse(audience) && new URL(audience).origin === host;
  if (isHostTrusted || (audiences.length > 0 && audiences.every(isOwn))) return;
  throw new DatabricksTokensError(
    "HOST_NOT_NAMED",
    `The sign-in ${strategy} (${from}) does not send its identity token to ${host}: the token is not for that host, which ` +
      "only the state names. If it is the workspace, name it: databricks:host, DATABRICKS_HOST, or host in the profile",
  );
}

/** Empty where it is no JSON web token, or is for nobody in particular. */
const audiencesOf = (token: Secret): unknown[] => [claimsOf(token)?.["aud"] ?? []].flat();
