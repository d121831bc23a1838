import { ask, type Caller, patchOf, type TokenChange, type TokenInfo, tokenInfos } from "./tokens";

/** A token with what only some listings say. */
export interface WorkspaceTokenInfo extends TokenInfo {
  /** User name; empty: not said. */
  readonly owner: string;
  /** Whether the listing would say that the token was used. */
  readonly usageKnown: boolean;
  /** Epoch ms of the day; absent: never, or not known. */
  readonly lastUsedDay?: number;
}

/** The administrator's calls: everybody's tokens. Others are refused (PERMISSION_DENIED). */

const PATH = "/api/2.0/token-management/tokens";
const pathOf = (tokenId: string): string => `${PATH}/${encodeURIComponent(tokenId)}`;

/** `GET /api/2.0/token-management/tokens`: the tokens of one user. */
export async function listTokensOf(caller: Caller, userName: string): Promise<TokenInfo[]> {
  const query = { created_by_username: userName };
  const { body } = await ask<{ token_infos?: unknown }>(caller, { method: "GET", path: PATH, query });
  return tokenInfos(caller, body.token_infos);
}

/** `GET /api/2.0/token-management/tokens`: everybody's tokens. */
export async function listTokensOfAll(caller: Caller): Promise<WorkspaceTokenInfo[]> {
  const { body } = await ask<{ token_infos?: unknown }>(caller, { method: "GET", path: PATH });
  const infos = tokenInfos(caller, body.token_infos);
  const wire = (body.token_infos ?? []) as Array<Record<string, unknown>>;
  return infos.map((info, index) => {
    const { owner_id, created_by_id, created_by_username, last_used_day } = wire[index]!;
    // Minted on behalf of somebody, whose name the listing does not give.
    const other = owner_id !== undefined && created_by_id !== undefined && String(owner_id) !== String(created_by_id);
    const owner = other ? `id ${String(owner_id)}` : String(created_by_username ?? "");
    const used = typeof last_used_day === "number" && last_used_day > 0;
    return { ...info, owner, usageKnown: true, ...(used && { lastUsedDay: last_used_day }) };
  });
}

/** `GET /api/2.0/token-management/tokens/{id}`: NOT_FOUND says that it is gone. */
export async function assertToken(caller: Caller, tokenId: string): Promise<void> {
  await ask(caller, { method: "GET", path: pathOf(tokenId) });
}

/** `DELETE /api/2.0/token-management/tokens/{id}`: revokes anybody's token. */
export async function revokeTokenOfAnybody(caller: Caller, tokenId: string): Promise<void> {
  await ask(caller, { method: "DELETE", path: pathOf(tokenId) });
}

/** `PATCH /api/2.0/token-management/tokens/{id}`: changes comment and scopes of anybody's token. */
export async function patchTokenOfAnybody(caller: Caller, tokenId: string, change: TokenChange): Promise<void> {
  await ask(caller, patchOf(pathOf(tokenId), change));
}
