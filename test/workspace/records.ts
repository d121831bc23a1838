import { createHash, randomBytes } from "node:crypto";

export interface Identity {
  readonly userName: string;
  readonly id: string;
  /** A bootstrap token of this identity: never expires, is in no list. */
  readonly token: string;
  readonly admin: boolean;
  readonly member: boolean;
  canUseTokens: boolean;
}

export interface TokenRecord {
  readonly tokenId: string;
  readonly value: string;
  readonly owner: string;
  readonly createdBy: string;
  comment: string;
  scopes?: string[] | undefined;
  readonly autoscopeEnabled: boolean;
  readonly creationTime: number;
  /** -1 = never. */
  readonly expiryTime: number;
  revokedAt?: number;
  lastUsedDay?: number;
  /** As of the moment of the question. */
  alive: boolean;
}

/** Made at run time: no literal that looks like a token stands in the repository. */
export const newValue = (): string => `dapi${randomBytes(16).toString("hex")}`;
export const newTokenId = (): string => createHash("sha256").update(randomBytes(16)).digest("hex");

export interface Settings {
  enableTokensConfig: boolean;
  /** 0 = the default of 730. */
  maxTokenLifetimeDays: number;
  quota: number;
  patchSupported: boolean;
  ipAccessListBlocks: boolean;
  /** A new token is refused for that long. */
  tokensWorkAfterMs: number;
  /** A revoked token still answers for that long. */
  tokensDieAfterMs: number;
  /** A new token shows in lists only after that. */
  listLagMs: number;
  grantScopes?: (asked: string[] | undefined) => string[] | undefined;
  /** Seconds. */
  grantLifetime?: (asked: number | undefined) => number | undefined;
}

export const defaults = (): Settings => ({
  enableTokensConfig: true,
  maxTokenLifetimeDays: 0,
  quota: 600,
  patchSupported: true,
  ipAccessListBlocks: false,
  tokensWorkAfterMs: 0,
  tokensDieAfterMs: 0,
  listLagMs: 0,
});
