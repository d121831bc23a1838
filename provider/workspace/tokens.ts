import { DatabricksTokensError } from "../errors";
import { numberOf, textOf, textsOf } from "../http/values";
import { Secret } from "../secret";
import type { CallRequest, CallResult } from "./call";
import type { Authorization, WorkspaceClient } from "./client";

/** On whose behalf calls are made, and until when (epoch ms). */
export interface Caller {
  readonly client: WorkspaceClient;
  readonly authorization: Authorization;
  readonly deadline: number;
}

/** A token as the Token API lists it; times in epoch milliseconds, expiry -1 = never. */
export interface TokenInfo {
  readonly tokenId: string;
  /** 0: the workspace did not say. */
  readonly creationTime: number;
  readonly expiryTime: number;
  readonly comment: string;
  /** Absent: the token has every scope. */
  readonly scopes?: readonly string[];
  /** Epoch ms of the day; absent: never, or the listing does not say. */
  readonly lastUsedDay?: number;
}

export interface TokenRequest {
  readonly comment: string;
  readonly lifetimeSeconds: number;
  readonly scopes?: readonly string[];
  readonly autoscopeEnabled?: boolean;
}

export interface WireTokenInfo {
  token_id?: unknown;
  creation_time?: unknown;
  expiry_time?: unknown;
  comment?: unknown;
  scopes?: unknown;
}

export function tokenInfo(wire: WireTokenInfo): TokenInfo {
  const scopes = textsOf(wire.scopes);
  return {
    tokenId: textOf(wire.token_id),
    creationTime: numberOf(wire.creation_time, 0),
    expiryTime: numberOf(wire.expiry_time, -1),
    comment: textOf(wire.comment),
    ...(scopes && { scopes }),
  };
}

/**
 * The tokens of a list's answer; without the key there are none.
 * @throws DatabricksTokensError UNEXPECTED_ANSWER if it is no list of tokens: half a list would say "gone" of the rest.
 */
export function tokenInfos({ client }: Caller, list: unknown): TokenInfo[] {
  const tokens = list ?? [];
  const readable =
    Array.isArray(tokens) && tokens.every((item) => typeof (item as WireTokenInfo | null)?.token_id === "string");
  if (!readable) throw new DatabricksTokensError("UNEXPECTED_ANSWER", `${client.host} gave a malformed token list`);
  return (tokens as WireTokenInfo[]).map(tokenInfo);
}

export function ask<T>(
  { client, ...asked }: Caller,
  request: Omit<CallRequest, "authorization" | "deadline">,
): Promise<CallResult<T>> {
  return client.call<T>({ ...request, ...asked });
}

/**
 * `POST /api/2.0/token/create`. Not idempotent: an ambiguous failure may have left a token. `beforeSend` as in
 * {@link CallRequest}.
 */
export async function createToken(
  caller: Caller,
  request: TokenRequest,
  beforeSend: () => Promise<void>,
): Promise<{ value: Secret; info: TokenInfo }> {
  const { body, sentAt, endedAt } = await ask<{ token_value?: unknown; token_info?: WireTokenInfo | null }>(caller, {
    method: "POST",
    path: "/api/2.0/token/create",
    body: {
      comment: request.comment,
      lifetime_seconds: request.lifetimeSeconds,
      ...(request.scopes && { scopes: request.scopes }),
      ...(request.autoscopeEnabled !== undefined && { autoscope_enabled: request.autoscopeEnabled }),
    },
    beforeSend,
  });
  const wire = body.token_info ?? {};
  const info = tokenInfo(wire);
  caller.client.clock.learn(info.creationTime, sentAt, endedAt);
  if (typeof body.token_value !== "string" || body.token_value === "" || info.tokenId === "" || !isWellFormed(wire)) {
    throw new DatabricksTokensError(
      "UNEXPECTED_ANSWER",
      `${caller.client.host} answered the creation of a token without its value or id, or with others than documented`,
      { ambiguous: true },
    );
  }
  return { value: new Secret(body.token_value), info };
}

/** What is of another type than documented may be anybody's answer: what it says of the token can't be believed. */
function isWellFormed({ creation_time, expiry_time, comment, scopes }: WireTokenInfo): boolean {
  const is = (value: unknown, type: string): boolean => value === undefined || value === null || typeof value === type;
  const isList = scopes === undefined || scopes === null || Array.isArray(scopes);
  return is(creation_time, "number") && is(expiry_time, "number") && is(comment, "string") && isList;
}

/** `GET /api/2.0/token/list`: the caller's own tokens; expired ones may be among them. */
export async function listTokens(caller: Caller): Promise<TokenInfo[]> {
  const { body } = await ask<{ token_infos?: unknown }>(caller, { method: "GET", path: "/api/2.0/token/list" });
  return tokenInfos(caller, body.token_infos);
}

/** `POST /api/2.0/token/delete`: idempotent; NOT_FOUND also means somebody else's token. */
export async function revokeToken(caller: Caller, tokenId: string): Promise<void> {
  await ask(caller, {
    method: "POST",
    path: "/api/2.0/token/delete",
    body: { token_id: tokenId },
    idempotent: true,
  });
}

export interface TokenChange {
  comment?: string;
  scopes?: readonly string[];
}

/** `PATCH /api/2.0/token/{id}`: changes comment and scopes in place; NOT_FOUND also means somebody else's token. */
export async function patchToken(caller: Caller, tokenId: string, change: TokenChange): Promise<void> {
  await ask(caller, patchOf(`/api/2.0/token/${encodeURIComponent(tokenId)}`, change));
}

export function patchOf(path: string, change: TokenChange): Omit<CallRequest, "authorization" | "deadline"> {
  const body = { token: change, update_mask: Object.keys(change).sort().join(",") };
  return { method: "PATCH", path, body, idempotent: true };
}

/** `GET /api/2.0/preview/scim/v2/Me`: who the caller is. `retries` as in {@link CallRequest}. */
export async function currentUser(caller: Caller, retries?: number): Promise<{ userName: string; id: string }> {
  const { body } = await ask<{ userName?: unknown; id?: unknown }>(caller, {
    method: "GET",
    path: "/api/2.0/preview/scim/v2/Me",
    ...(retries !== undefined && { retries }),
  });
  const [userName, id] = [textOf(body.userName), textOf(body.id)];
  if (userName === "" && id === "") {
    throw new DatabricksTokensError("UNEXPECTED_ANSWER", `${caller.client.host} did not say who the caller is`);
  }
  return { userName, id };
}
