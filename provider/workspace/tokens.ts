import { DatabricksTokensError } from "../errors";
import { Secret } from "../secret";
import type { Authorization, WorkspaceClient } from "./client";

/** A token as the Token API lists it; times in epoch milliseconds, expiry -1 = never. */
export interface TokenInfo {
  readonly tokenId: string;
  readonly creationTime: number;
  readonly expiryTime: number;
  readonly comment: string;
  /** Absent: the token has every scope. */
  readonly scopes?: readonly string[];
}

export interface TokenRequest {
  readonly comment: string;
  readonly lifetimeSeconds: number;
  readonly scopes?: readonly string[];
  readonly autoscopeEnabled?: boolean;
}

interface WireTokenInfo {
  token_id?: unknown;
  creation_time?: unknown;
  expiry_time?: unknown;
  comment?: unknown;
  scopes?: unknown;
}

function tokenInfo(wire: WireTokenInfo): TokenInfo {
  return {
    tokenId: String(wire.token_id ?? ""),
    creationTime: Number(wire.creation_time ?? 0),
    expiryTime: Number(wire.expiry_time ?? -1),
    comment: String(wire.comment ?? ""),
    ...(Array.isArray(wire.scopes) && wire.scopes.length > 0 && { scopes: wire.scopes.map(String) }),
  };
}

/** `POST /api/2.0/token/create`. Not idempotent: an ambiguous failure may have left a token. */
export async function createToken(
  client: WorkspaceClient,
  authorization: Authorization,
  request: TokenRequest,
  deadline: number,
): Promise<{ value: Secret; info: TokenInfo }> {
  const { body } = await client.call<{ token_value?: unknown; token_info?: WireTokenInfo }>({
    method: "POST",
    path: "/api/2.0/token/create",
    body: {
      comment: request.comment,
      lifetime_seconds: request.lifetimeSeconds,
      ...(request.scopes && { scopes: request.scopes }),
      ...(request.autoscopeEnabled !== undefined && { autoscope_enabled: request.autoscopeEnabled }),
    },
    authorization,
    deadline,
  });
  const info = tokenInfo(body.token_info ?? {});
  if (typeof body.token_value !== "string" || body.token_value === "" || info.tokenId === "") {
    throw new DatabricksTokensError(
      "UNEXPECTED_ANSWER",
      `${client.host} answered the creation of a token without its value or id`,
      { ambiguous: true },
    );
  }
  return { value: new Secret(body.token_value), info };
}

/** `GET /api/2.0/token/list`: the caller's own tokens; expired ones may be among them. */
export async function listTokens(
  client: WorkspaceClient,
  authorization: Authorization,
  deadline: number,
): Promise<TokenInfo[]> {
  const { body } = await client.call<{ token_infos?: WireTokenInfo[] }>({
    method: "GET",
    path: "/api/2.0/token/list",
    authorization,
    deadline,
  });
  return (body.token_infos ?? []).map(tokenInfo);
}

/** `POST /api/2.0/token/delete`: idempotent; NOT_FOUND also means somebody else's token. */
export async function revokeToken(
  client: WorkspaceClient,
  authorization: Authorization,
  tokenId: string,
  deadline: number,
): Promise<void> {
  await client.call({
    method: "POST",
    path: "/api/2.0/token/delete",
    body: { token_id: tokenId },
    authorization,
    idempotent: true,
    deadline,
  });
}

/** `DELETE /api/2.0/token-management/tokens/{id}`: an administrator's way to revoke anybody's token. */
export async function revokeTokenAsAdmin(
  client: WorkspaceClient,
  authorization: Authorization,
  tokenId: string,
  deadline: number,
): Promise<void> {
  await client.call({
    method: "DELETE",
    path: `/api/2.0/token-management/tokens/${encodeURIComponent(tokenId)}`,
    authorization,
    deadline,
  });
}

/** `PATCH /api/2.0/token/{id}`: changes comment and scopes in place. */
export async function patchToken(
  client: WorkspaceClient,
  authorization: Authorization,
  tokenId: string,
  change: { comment?: string; scopes?: readonly string[] },
  deadline: number,
): Promise<void> {
  await client.call({
    method: "PATCH",
    path: `/api/2.0/token/${encodeURIComponent(tokenId)}`,
    body: { token: change, update_mask: Object.keys(change).sort().join(",") },
    authorization,
    idempotent: true,
    deadline,
  });
}

/** `GET /api/2.0/preview/scim/v2/Me`: who the caller is. */
export async function currentUser(
  client: WorkspaceClient,
  authorization: Authorization,
  deadline: number,
  retries?: number,
): Promise<{ userName: string; id: string }> {
  const { body } = await client.call<{ userName?: unknown; id?: unknown }>({
    method: "GET",
    path: "/api/2.0/preview/scim/v2/Me",
    authorization,
    deadline,
    ...(retries !== undefined && { retries }),
  });
  if (typeof body.userName !== "string" && typeof body.id !== "string") {
    throw new DatabricksTokensError("UNEXPECTED_ANSWER", `${client.host} did not say who the caller is`);
  }
  return { userName: String(body.userName ?? ""), id: String(body.id ?? "") };
}
