import { type Answer, denied, failure, ok } from "./answer";
import type { Request } from "./routes";
import { info, patch } from "./token-api";
import type { TokenRecord } from "./tokens";

/** The Token Management API: administrators, everybody's tokens. */
export function tokenManagementApi(request: Request): Answer | undefined {
  const { method, path, caller, tokens, settings, about = "" } = request;
  const base = "/api/2.0/token-management/";
  if (!path.startsWith(base)) return undefined;
  if (!caller.admin) return denied("Only workspace administrators may manage tokens");
  const rest = path.slice(base.length);
  if (method === "POST" && rest === "on-behalf-of/tokens") {
    return failure(
      400,
      "BAD_REQUEST",
      "On-behalf-of token creation for service principals is not enabled for this workspace",
    );
  }
  if (method === "GET" && rest === "tokens") return list(request);
  if (!rest.startsWith("tokens/")) return undefined;
  if (method === "PATCH") return patch(request);
  if (method !== "GET" && method !== "DELETE") return undefined;
  const record = tokens.get(about);
  if (!record || record.revokedAt !== undefined) return failure(404, "RESOURCE_DOES_NOT_EXIST", "Token not found");
  if (method === "GET") return ok({ token_info: adminInfo(record, request) });
  tokens.revoke(record, settings);
  return ok();
}

const idOf = (userName: string, { identities }: Request): number => Number(identities.named(userName)?.id ?? 0);

function list(request: Request): Answer {
  const { query, tokens, settings } = request;
  const name = query.get("created_by_username");
  const id = query.get("created_by_id");
  const found = tokens
    .listed(settings)
    .filter((token) => (!name || token.createdBy === name) && (!id || String(idOf(token.createdBy, request)) === id));
  return ok(found.length > 0 ? { token_infos: found.map((token) => adminInfo(token, request)) } : {});
}

const adminInfo = (token: TokenRecord, request: Request) => ({
  ...info(token),
  created_by_username: token.createdBy,
  owner_id: idOf(token.owner, request),
  created_by_id: idOf(token.createdBy, request),
  workspace_id: request.orgId,
  ...(token.lastUsedDay !== undefined && { last_used_day: token.lastUsedDay }),
});
