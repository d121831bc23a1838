import { DatabricksTokensError, type ErrorCode, hasCode } from "../errors";
import type { SignIn } from "./strategy";
import { askAuthority } from "./token-request";

/**
 * The workspace's token endpoint, by `GET /oidc/.well-known/oauth-authorization-server`. It must be the workspace's own:
 * a credential that is meant for one host goes to no other.
 */
export async function tokenEndpoint(strategy: string, signIn: SignIn, until: number): Promise<string> {
  const { host, from } = signIn;
  const url = `${host}/oidc/.well-known/oauth-authorization-server`;
  const { token_endpoint: endpoint } = await askAuthority(strategy, signIn, { method: "GET", url, until });
  if (typeof endpoint !== "string" || !URL.canParse(endpoint)) {
    throw new DatabricksTokensError("UNEXPECTED_ANSWER", `${url} names no token_endpoint, for ${strategy} (${from})`);
  }
  const { origin } = new URL(endpoint);
  if (origin === host) return endpoint;
  throw new DatabricksTokensError(
    "WRONG_HOST",
    `${host} wants the sign-in ${strategy} (${from}) to go to ${origin}: a credential for one host is not given to ` +
      "another. If that is the workspace's own address, make it the host",
  );
}

/** How a workspace answers that does not have the page. */
const ABSENT: readonly ErrorCode[] = ["NOT_SUPPORTED", "CREDENTIAL_REFUSED", "UNEXPECTED_ANSWER", "WRONG_HOST"];

/** Who an identity token must be for: what the workspace says in `/.well-known/databricks-config`, which may be absent. */
export async function defaultAudience(strategy: string, signIn: SignIn, until: number): Promise<string | undefined> {
  const url = `${signIn.host}/.well-known/databricks-config`;
  try {
    const config = await askAuthority(strategy, signIn, { method: "GET", url, until });
    const [audience] = [config["token_federation_default_oidc_audiences"]].flat();
    return typeof audience === "string" && audience !== "" ? audience : undefined;
  } catch (error) {
    if (hasCode(error, ...ABSENT)) return undefined;
    throw error;
  }
}
