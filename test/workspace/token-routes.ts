import { type Answer, denied, failure, invalid, ok } from "./answer";
import type { TokenRecord } from "./records";
import type { Request } from "./routes";

const info = (token: TokenRecord) => ({
  token_id: token.tokenId,
  creation_time: token.creationTime,
  expiry_time: token.expiryTime,
  comment: token.comment,
  ...(token.scopes && { scopes: token.scopes }),
  ...(token.autoscopeEnabled && { autoscope_state: "INFERRING" }),
});

const unknownId = (id: string): Answer =>
  failure(404, "RESOURCE_DOES_NOT_EXIST", `No valid token with ID ${id} found.`);

function mayUseTokens({ caller, settings }: Request): Answer | undefined {
  if (settings.enableTokensConfig && caller.canUseTokens) return undefined;
  return denied("User does not have permission to use tokens.");
}

/** The Token API: the caller's own tokens. */
export function tokenApi(request: Request): Answer | undefined {
  const { method, path, body, caller, tokens, settings } = request;
  const call = `${method} ${path}`;
  if (!path.startsWith("/api/2.0/token/")) return undefined;
  const refusal = mayUseTokens(request);
  if (refusal) return refusal;
  if (call === "GET /api/2.0/token/list") {
    const listed = tokens.listed(caller.userName);
    return ok(listed.length > 0 ? { token_infos: listed.map(info) } : {});
  }
  if (call === "POST /api/2.0/token/create") return create(request);
  if (call === "POST /api/2.0/token/delete") {
    const record = tokens.get(String(body["token_id"]));
    if (!record || record.owner !== caller.userName || !tokens.isAlive(record))
      return unknownId(String(body["token_id"]));
    tokens.revoke(record);
    return ok();
  }
  if (method === "PATCH" && settings.patchSupported) return patch(request, caller.userName);
  return undefined;
}

function create({ body, caller, tokens, settings }: Request): Answer {
  const lifetime = body["lifetime_seconds"] as number | undefined;
  const limit = (settings.maxTokenLifetimeDays || 730) * 86_400;
  if (lifetime === 0) return invalid("requirement failed: Invalid timeout: 0");
  if (lifetime !== undefined && (!Number.isInteger(lifetime) || lifetime < 0))
    return invalid("lifetime_seconds is not valid");
  if (lifetime !== undefined && lifetime > limit)
    return invalid(`lifetime_seconds is over the workspace's maximum token lifetime of ${limit}`);
  const own = tokens.all().filter((token) => token.owner === caller.userName && token.alive);
  if (own.length >= settings.quota)
    return failure(400, "QUOTA_EXCEEDED", `The token quota of ${settings.quota} is exceeded`);
  const record = tokens.mint(caller, {
    comment: body["comment"] as string | undefined,
    lifetimeSeconds: lifetime,
    scopes: body["scopes"] as string[] | undefined,
    autoscope: body["autoscope_enabled"] === true,
  });
  return ok({ token_value: record.value, token_info: info(record) });
}

function patch({ path, body, tokens }: Request, owner?: string): Answer {
  const id = decodeURIComponent(path.split("/").at(-1) ?? "");
  const record = tokens.get(id);
  if (!record || !tokens.isAlive(record) || (owner !== undefined && record.owner !== owner)) {
    return failure(404, "NOT_FOUND", `Token ${id} not found`);
  }
  const change = (body["token"] ?? {}) as { comment?: string; scopes?: string[] };
  const mask = String(body["update_mask"] ?? "").split(",");
  const unknown = mask.filter((field) => !["comment", "scopes"].includes(field));
  if (unknown.length > 0) return invalid(`update_mask: unknown ${unknown.join(", ")}`);
  if (mask.includes("comment")) record.comment = change.comment ?? "";
  if (mask.includes("scopes")) record.scopes = change.scopes;
  return ok();
}

/** The Token Management API: administrators, everybody's tokens. */
export function tokenManagementApi(request: Request): Answer | undefined {
  const { method, path, caller, tokens, query } = request;
  const base = "/api/2.0/token-management/";
  if (!path.startsWith(base)) return undefined;
  if (!caller.admin) return denied("Only workspace administrators may manage tokens");
  const rest = path.slice(base.length);
  const wide = (token: TokenRecord) => ({
    ...info(token),
    created_by_username: token.createdBy,
    owner_id: request.idOf(token.owner),
    created_by_id: request.idOf(token.createdBy),
    workspace_id: request.orgId,
    ...(token.lastUsedDay !== undefined && { last_used_day: token.lastUsedDay }),
  });
  if (method === "POST" && rest === "on-behalf-of/tokens") {
    return failure(
      400,
      "BAD_REQUEST",
      "On-behalf-of token creation for service principals is not enabled for this workspace",
    );
  }
  if (method === "GET" && rest === "tokens") {
    const name = query.get("created_by_username");
    const id = query.get("created_by_id");
    const found = tokens
      .listed()
      .filter((token) => (!name || token.createdBy === name) && (!id || String(request.idOf(token.createdBy)) === id));
    return ok(found.length > 0 ? { token_infos: found.map(wide) } : {});
  }
  const record = tokens.get(decodeURIComponent(/^tokens\/([^/]+)$/.exec(rest)?.[1] ?? ""));
  if (!rest.startsWith("tokens/")) return undefined;
  if (!record || record.revokedAt !== undefined) return failure(404, "RESOURCE_DOES_NOT_EXIST", "Token not found");
  if (method === "GET") return ok({ token_info: wide(record) });
  if (method === "PATCH") return patch(request);
  if (method === "DELETE") {
    tokens.revoke(record);
    return ok();
  }
  return undefined;
}
