import { ask, type Caller, type TokenInfo, tokenInfos } from "./tokens";

/** The administrator's calls: everybody's tokens. Others are refused (PERMISSION_DENIED). */

const PATH = "/api/2.0/token-management/tokens";

/** `GET /api/2.0/token-management/tokens`: the tokens of one user. */
export async function listTokensOf(caller: Caller, userName: string): Promise<TokenInfo[]> {
  const query = { created_by_username: userName };
  const { body } = await ask<{ token_infos?: unknown }>(caller, { method: "GET", path: PATH, query });
  return tokenInfos(caller, body.token_infos);
}

/** `DELETE /api/2.0/token-management/tokens/{id}`: revokes anybody's token. */
export async function revokeTokenOfAnybody(caller: Caller, tokenId: string): Promise<void> {
  await ask(caller, { method: "DELETE", path: `${PATH}/${encodeURIComponent(tokenId)}` });
}
