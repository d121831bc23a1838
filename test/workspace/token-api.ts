import { type Answer, failure, invalid, ok, unknownToken } from "./answer";
import type { Request } from "./routes";
import { noTokensForYou } from "./sign-in";
import type { TokenRecord } from "./tokens";

export const info = (token: TokenRecord) => ({
  token_id: token.tokenId,
  creation_time: token.creationTime,
  expiry_time: token.expiryTime,
  comment: token.comment,
  ...(token.scopes && token.scopes.length > 0 && { scopes: token.scopes }),
  ...(token.autoscopeEnabled && {
    autoscope_state: "AUTOSCOPE_STATE_RUNNING",
    inferred_scopes: token.inferredScopes,
  }),
});

/** The Token API: the caller's own tokens. */
export function tokenApi(request: Request): Answer | undefined {
  const { method, path, caller, tokens, settings, about = "" } = request;
  if (!path.startsWith("/api/2.0/token/")) return undefined;
  if (settings.tokensDisabled || !caller.canUseTokens) return noTokensForYou();
  const call = `${method} ${path}`;
  if (call === "GET /api/2.0/token/list") {
    const listed = tokens.listed(settings, caller.userName);
    return ok(listed.length > 0 ? { token_infos: listed.map(info) } : {});
  }
  if (call === "POST /api/2.0/token/create") return create(request);
  if (call === "POST /api/2.0/token/delete") {
    const record = tokens.get(about);
    if (record?.owner !== caller.userName || !tokens.isAlive(record)) return unknownToken(about);
    tokens.revoke(record, settings);
    return ok();
  }
  return method === "PATCH" ? patch(request, caller.userName) : undefined;
}

function create({ body, caller, tokens, settings }: Request): Answer {
  const { lifetime_seconds: lifetime, scopes, comment } = body;
  const limit = settings.maxLifetimeSeconds;
  if (lifetime === 0) return invalid("requirement failed: Invalid timeout: 0");
  if (lifetime !== undefined && !(Number.isInteger(lifetime) && Number(lifetime) > 0))
    return invalid("lifetime_seconds is not valid");
  if (Number(lifetime ?? 0) > limit)
    return invalid(`lifetime_seconds is over the workspace's maximum token lifetime of ${limit}`);
  if (scopes !== undefined && !isTexts(scopes)) return invalid("scopes must be a list of texts");
  if (tokens.all(caller.userName).filter((token) => token.alive).length >= settings.quota)
    return failure(400, "QUOTA_EXCEEDED", `The token quota of ${settings.quota} is exceeded`);
  const asked = {
    comment: comment === undefined ? undefined : String(comment),
    lifetimeSeconds: lifetime as number | undefined,
    scopes,
    autoscope: body["autoscope_enabled"] === true,
  };
  const record = tokens.mint(caller.userName, asked, settings);
  return ok({ token_value: record.value, token_info: info(record) });
}

/** Changes comment and scopes; an administrator changes anybody's, others their own. */
export function patch({ body, tokens, settings, about = "" }: Request, owner?: string): Answer | undefined {
  if (!settings.patchSupported) return undefined;
  const record = tokens.get(about);
  if (!record || !tokens.isAlive(record) || (owner !== undefined && record.owner !== owner)) {
    return failure(404, "NOT_FOUND", `Token ${about} not found`);
  }
  const { comment, scopes } = (body["token"] ?? {}) as Record<string, unknown>;
  const mask = String(body["update_mask"] ?? "").split(",");
  const unknown = mask.filter((field) => !["comment", "scopes"].includes(field));
  if (unknown.length > 0) return invalid(`update_mask: unknown ${unknown.join(", ")}`);
  if (scopes !== undefined && !isTexts(scopes)) return invalid("scopes must be a list of texts");
  tokens.edit(record, {
    ...(mask.includes("comment") && { comment: String(comment ?? "") }),
    ...(mask.includes("scopes") && { scopes }),
  });
  return ok();
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === "string");
