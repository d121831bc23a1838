import { ask, type Caller, patchOf, type TokenChange, type TokenInfo, tokenInfos } from "./tokens";

/** The administrator's calls: everybody's tokens. Others are refused (PERMISSION_DENIED). */

const PATH = "/api/2.0/token-management/tokens";
const pathOf = (tokenId: string): string => `${PATH}/${encodeURIComponent(tokenId)}`;

/** `GET /api/2.0/token-management/tokens`: the tokens of one user. */
export async function listTokensOf(caller: Caller, userName: string): Promise<TokenInfo[]> {
  const query = { created_by_username: userName };
  const { body } = await ask<{ token_infos?: unknown }>(caller, { method: "GET", path: PATH, query });
  return tokenInfos(caller, body.token_infos);
}

/** `DELETE /api/2.0/token-management/tokens/{id}`: revokes anybody's token. */
export async function revokeTokenOfAnybody(caller: Caller, tokenId: string): Promise<void> {
  await ask(caller, { method: "DELETE", path: pathOf(tokenId) });
}

/** `PATCH /api/2.0/token-management/tokens/{id}`: changes comment and scopes of anybody's token. */
export async function patchTokenOfAnybody(caller: Caller, tokenId: string, change: TokenChange): Promise<void> {
  await ask(caller, patchOf(pathOf(tokenId), change));
}
