import { type Answer, deadCredential, denied, loginPage, noCredential } from "./answer";
import type { Identities, Identity } from "./identities";
import type { Request } from "./routes";
import type { TokenRecord, Tokens } from "./tokens";

/** Who calls, or the answer that they are not let in with. */
export type SignIn =
  | { caller: Identity; shown?: TokenRecord | undefined; refusal?: undefined }
  | { caller?: Identity | undefined; shown?: undefined; refusal: Answer };

export function signIn(
  path: string,
  value: string | undefined,
  {
    identities,
    tokens,
    byOther,
  }: { identities: Identities; tokens: Tokens; byOther(value: string): Identity | undefined },
): SignIn {
  if (path.startsWith("/.well-known/") || path.startsWith("/oidc/")) {
    return { refusal: { status: 404, body: "", headers: { "content-type": "text/plain" } } };
  }
  if (!path.startsWith("/api/")) return { refusal: loginPage() };
  if (value === undefined) return { refusal: noCredential() };
  const known = tokens.withValue(value);
  const shown = known && tokens.signsIn(known) ? known : undefined;
  const caller = shown ? identities.named(shown.owner) : (identities.withBootstrap(value) ?? byOther(value));
  if (!caller) return { refusal: deadCredential() };
  if (!caller.member) return { caller, refusal: denied("User not authorized.") };
  return { caller, shown };
}

/** The value in `Authorization: Bearer ...`, or the password of HTTP's Basic, whose user is then `token`. */
export function bearerOf(header = ""): string | undefined {
  const basic = /^Basic (.+)$/.exec(header)?.[1];
  const pair = /^token:(.+)$/.exec(Buffer.from(basic ?? "", "base64").toString())?.[1];
  return /^Bearer (.+)$/.exec(header)?.[1] ?? pair;
}

/** The API scope that a path belongs to. */
export function scopeOf(path: string): string {
  if (/^\/api\/2\.[01]\/clusters\//.test(path)) return "clusters";
  if (path.startsWith("/api/2.0/preview/scim/")) return "scim";
  if (/^\/api\/2\.0\/(token|token-management|permissions\/authorization)\//.test(path)) return "authentication";
  if (path.startsWith("/api/2.0/secrets/")) return "secrets";
  return "settings";
}

export const noTokensForYou = (): Answer => denied("User does not have permission to use tokens.");

/** What keeps a caller who signed in from this call; undefined: nothing. */
export function refusal({ shown, caller, path, settings }: Request): Answer | undefined {
  if (settings.ipAccessListBlocks) {
    return denied("Source IP address: 127.0.0.1 is blocked by Databricks IP ACL for workspace");
  }
  if (!shown) return undefined;
  if (settings.tokensDisabled || !caller.canUseTokens) return noTokensForYou();
  const scope = scopeOf(path);
  const scopes = shown.scopes ?? [];
  if (scopes.length === 0 || scopes.includes(scope) || scopes.includes("all-apis")) return undefined;
  return denied(`Provided OAuth token does not have required scopes: ${scope}`);
}
