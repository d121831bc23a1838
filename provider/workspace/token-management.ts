import { ask, type Caller, patchOf, type TokenChange, type TokenInfo, tokenInfos } from "./tokens";
import { textOf } from "./values";

/** A token with what only some listings say. */
export interface WorkspaceTokenInfo extends TokenInfo {
  /** User name; empty: not said. */
  readonly owner: string;
  /** Whether the listing would say that the token was used. */
  readonly usageKnown: boolean;
}

/** The administrator's calls: everybody's tokens. Others are refused (PERMISSION_DENIED). */

const PATH = "/api/2.0/token-management/tokens";
const pathOf = (tokenId: string): string => `${PATH}/${encodeURIComponent(tokenId)}`;

/** `GET /api/2.0/token-management/tokens`: the tokens that one user made; everybody's if neither part is known. */
export async function listTokensBy(
  caller: Caller,
  { id, userName }: { readonly id?: string; readonly userName?: string },
): Promise<TokenInfo[]> {
  const query = id ? { created_by_id: id } : { created_by_username: userName };
  return listManaged(caller, query);
}

/** `GET /api/2.0/token-management/tokens`: everybody's tokens. */
export const listTokensOfAll = (caller: Caller): Promise<WorkspaceTokenInfo[]> => listManaged(caller, {});

async function listManaged(
  caller: Caller,
  query: Readonly<Record<string, string | undefined>>,
): Promise<WorkspaceTokenInfo[]> {
  const { body } = await ask<{ token_infos?: unknown }>(caller, { method: "GET", path: PATH, query });
  const infos = tokenInfos(caller, body.token_infos);
  const wire = (body.token_infos ?? []) as Array<Record<string, unknown>>;
  return infos.map((info, index) => {
    const { owner_id, created_by_id, created_by_username, last_used_day } = wire[index]!;
    // Minted on behalf of somebody, whose name the listing does not give.
    const [ownerId, creatorId] = [textOf(owner_id), textOf(created_by_id)];
    const other = ownerId !== "" && creatorId !== "" && ownerId !== creatorId;
    const owner = other ? `id ${ownerId}` : textOf(created_by_username);
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
