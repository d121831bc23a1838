import { type Answer, denied, failure, invalid, ok } from "./answer";
import type { Identity, Settings, TokenRecord } from "./records";
import { tokenApi, tokenManagementApi } from "./token-routes";
import type { Tokens } from "./tokens";

/** A call that was let in. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Record<string, unknown>;
  readonly caller: Identity;
  /** The token that the caller showed; a bootstrap token has none. */
  readonly shown?: TokenRecord | undefined;
  readonly identities: Map<string, Identity>;
  readonly tokens: Tokens;
  readonly settings: Settings;
  readonly orgId: string;
  idOf(userName: string): number;
}

/** The API scope that a path belongs to. */
function scopeOf(path: string): string {
  if (/^\/api\/2\.[01]\/clusters\//.test(path)) return "clusters";
  if (path.startsWith("/api/2.0/preview/scim/")) return "scim";
  if (/^\/api\/2\.0\/(token|token-management|permissions\/authorization)\//.test(path)) return "authentication";
  return "settings";
}

export function route(request: Request): Answer {
  const { shown, path, settings } = request;
  if (settings.ipAccessListBlocks) {
    return denied("Source IP address: 127.0.0.1 is blocked by Databricks IP ACL for workspace");
  }
  const scope = scopeOf(path);
  if (shown?.scopes && !shown.scopes.includes(scope) && !shown.scopes.includes("all-apis")) {
    return denied(`Provided OAuth token does not have required scopes: ${scope}`);
  }
  const answer =
    tokenApi(request) ??
    tokenManagementApi(request) ??
    workspaceConf(request) ??
    permissions(request) ??
    readOnly(request);
  return answer ?? failure(404, "ENDPOINT_NOT_FOUND", `No API found for '${request.method} ${path}'`);
}

function readOnly({ method, path, caller, orgId }: Request): Answer | undefined {
  if (method !== "GET") return undefined;
  if (/^\/api\/2\.[01]\/clusters\/list$/.test(path)) return ok({ clusters: [] });
  if (path === "/api/2.0/preview/scim/v2/Me") {
    const me = { id: caller.id, userName: caller.userName, active: true };
    return { ...ok(me), headers: { "x-databricks-org-id": orgId } };
  }
  return undefined;
}

const CONF_KEYS = ["enableTokensConfig", "maxTokenLifetimeDays"] as const;

function workspaceConf({ method, path, query, body, caller, settings }: Request): Answer | undefined {
  if (path !== "/api/2.0/workspace-conf") return undefined;
  if (!caller.admin) return denied("Only workspace administrators may see or change this");
  const current: Record<string, string> = {
    enableTokensConfig: String(settings.enableTokensConfig),
    maxTokenLifetimeDays: String(settings.maxTokenLifetimeDays),
  };
  if (method === "GET") {
    const keys = (query.get("keys") ?? "").split(",");
    const unknown = keys.find((key) => !(CONF_KEYS as readonly string[]).includes(key));
    if (unknown !== undefined) return invalid(`Invalid keys: [${unknown}]`);
    return ok(Object.fromEntries(keys.map((key) => [key, current[key]])));
  }
  if (method !== "PATCH") return undefined;
  if (body["enableTokensConfig"] !== undefined) settings.enableTokensConfig = body["enableTokensConfig"] === "true";
  const days = body["maxTokenLifetimeDays"];
  if (days !== undefined) {
    if (!/^\d+$/.test(String(days)) || Number(days) > 730) return invalid("maxTokenLifetimeDays must be from 0 to 730");
    settings.maxTokenLifetimeDays = Number(days);
  }
  return ok();
}

interface Grant {
  user_name?: string;
  service_principal_name?: string;
  group_name?: string;
  permission_level?: string;
}

function permissions({ method, path, body, caller, identities, tokens }: Request): Answer | undefined {
  if (path !== "/api/2.0/permissions/authorization/tokens") return undefined;
  if (!caller.admin) return denied("Only workspace administrators may see or change this");
  if (tokens.all().length === 0) return failure(404, "RESOURCE_DOES_NOT_EXIST", "tokens tokens does not exist");
  const grants = (body["access_control_list"] ?? []) as Grant[];
  const named = new Set(grants.map((grant) => grant.user_name ?? grant.service_principal_name));
  if (method === "PUT" || method === "PATCH") {
    for (const identity of identities.values()) {
      const had = identity.canUseTokens;
      if (named.has(identity.userName)) identity.canUseTokens = true;
      else if (method === "PUT") identity.canUseTokens = identity.admin;
      // Taking the permission away revokes what the principal has, at once.
      if (had && !identity.canUseTokens) tokens.revokeAllOf(identity.userName);
    }
  } else if (method !== "GET") return undefined;
  return ok({
    object_id: "/authorization/tokens",
    object_type: "tokens",
    access_control_list: [
      { group_name: "admins", all_permissions: [{ permission_level: "CAN_MANAGE", inherited: false }] },
      ...[...identities.values()]
        .filter((identity) => identity.canUseTokens && !identity.admin)
        .map((identity) => ({
          user_name: identity.userName,
          all_permissions: [{ permission_level: "CAN_USE", inherited: false }],
        })),
    ],
  });
}
