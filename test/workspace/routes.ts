import { type Answer, noSuchCall, ok } from "./answer";
import type { Identities, Identity } from "./identities";
import { permissions } from "./permissions";
import { type SecretScopes, secretsApi } from "./secrets-api";
import type { Settings } from "./settings";
import { refusal, scopeOf } from "./sign-in";
import { tokenApi } from "./token-api";
import { tokenManagementApi } from "./token-management";
import type { TokenRecord, Tokens } from "./tokens";
import { workspaceConf } from "./workspace-conf";

/** A call that was let in. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Record<string, unknown>;
  /** Id of the token that the call is about. */
  readonly about: string | undefined;
  readonly caller: Identity;
  /** The token that the caller showed; a bootstrap token has none. */
  readonly shown: TokenRecord | undefined;
  readonly identities: Identities;
  readonly tokens: Tokens;
  readonly secrets: SecretScopes;
  /** As they hold for this call. */
  readonly settings: Settings;
  readonly orgId: string;
  readonly now: number;
}

export function route(request: Request): Answer {
  used(request);
  return (
    refusal(request) ??
    tokenApi(request) ??
    tokenManagementApi(request) ??
    workspaceConf(request) ??
    permissions(request) ??
    secretsApi(request) ??
    readOnly(request) ??
    noSuchCall(request.method, request.path)
  );
}

/** What the workspace remembers of a token's use. */
function used({ shown, path, now }: Request): void {
  if (!shown) return;
  shown.lastUsedDay = Math.floor(now / 86_400_000) * 86_400_000;
  const scope = scopeOf(path);
  if (shown.autoscopeEnabled && !shown.inferredScopes.includes(scope)) shown.inferredScopes.push(scope);
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
