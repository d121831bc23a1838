import { Secret } from "../secret";
import type { Authorization } from "../workspace/authorization";
import { cachedSignIn } from "./cached-sign-in";
import { tokenEndpoint } from "./discovery";
import { bearerHeader, tokenFromResponse } from "./oauth-response";
import type { SignIn } from "./strategy";
import type { FetchedToken } from "./token-cache";
import { askAuthority } from "./token-request";

const NAME = "oauth-m2m";

/** RFC 6749, 2.3.1: both are form-encoded before they are joined. */
const encoded = (text: string): string => new URLSearchParams([["", text]]).toString().slice(1);

/** A service principal's id and secret, exchanged for tokens at the workspace's own endpoint. */
export function authorize(signIn: SignIn): Authorization {
  const { setting } = signIn;
  const secret = new Secret(setting("clientSecret") ?? "");
  const pair = `${encoded(setting("clientId") ?? "")}:${encoded(secret.reveal())}`;
  const basic = new Secret(`Basic ${Buffer.from(pair).toString("base64")}`);
  const fetch = async (until: number): Promise<FetchedToken> => {
    const url = await tokenEndpoint(NAME, signIn, until);
    const askedAt = Date.now();
    const form = { grant_type: "client_credentials", scope: "all-apis" };
    const answer = await askAuthority(NAME, signIn, {
      method: "POST",
      url,
      headers: { authorization: basic },
      form,
      until,
    });
    return tokenFromResponse(answer, askedAt, url);
  };
  return cachedSignIn(NAME, signIn, async (token) => ({
    authorization: bearerHeader(await token("workspace", fetch)),
  }));
}
