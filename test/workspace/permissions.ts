import { type Answer, denied, failure, invalid, ok } from "./answer";
import type { Request } from "./routes";

interface Grant {
  user_name?: string;
  service_principal_name?: string;
}

/** `permissions/authorization/tokens`: who may use tokens. */
export function permissions(request: Request): Answer | undefined {
  const { method, path, body, caller, identities, tokens } = request;
  if (path !== "/api/2.0/permissions/authorization/tokens") return undefined;
  if (!caller.admin) return denied("Only workspace administrators may see or change this");
  if (tokens.all().length === 0) return failure(404, "RESOURCE_DOES_NOT_EXIST", "tokens tokens does not exist");
  if (method === "PUT" || method === "PATCH") {
    const grants = (body["access_control_list"] ?? []) as Grant[];
    if (!Array.isArray(grants)) return invalid("access_control_list must be a list");
    grant(new Set(grants.map((item) => item?.user_name ?? item?.service_principal_name)), request);
  } else if (method !== "GET") return undefined;
  return ok({
    object_id: "/authorization/tokens",
    object_type: "tokens",
    access_control_list: [
      { group_name: "admins", all_permissions: [{ permission_level: "CAN_MANAGE", inherited: false }] },
      ...identities
        .all()
        .filter((identity) => identity.canUseTokens && !identity.admin)
        .map((identity) => ({
          user_name: identity.userName,
          all_permissions: [{ permission_level: "CAN_USE", inherited: false }],
        })),
    ],
  });
}

/** PUT replaces all; taking the permission away revokes what the principal has, at once. */
function grant(names: Set<string | undefined>, { method, identities, tokens, settings }: Request): void {
  for (const identity of identities.all()) {
    const had = identity.canUseTokens;
    if (names.has(identity.userName)) identity.canUseTokens = true;
    else if (method === "PUT") identity.canUseTokens = identity.admin;
    if (had && !identity.canUseTokens)
      for (const record of tokens.all(identity.userName)) tokens.revoke(record, settings);
  }
}
