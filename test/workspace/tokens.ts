import { createHash, randomBytes } from "node:crypto";
import type { Settings } from "./settings";

export interface TokenRecord {
  readonly tokenId: string;
  readonly value: string;
  /** User names. */
  readonly owner: string;
  readonly createdBy: string;
  comment: string;
  /** None, or an empty list: all access. */
  scopes?: string[] | undefined;
  /** What it was before each change, oldest first: a list that lags still shows that. */
  readonly past: Array<{ until: number; comment: string; scopes: string[] | undefined }>;
  readonly autoscopeEnabled: boolean;
  /** With autoscope, the scopes of what it was used for. */
  readonly inferredScopes: string[];
  readonly creationTime: number;
  /** From then on it signs its owner in. */
  readonly worksFrom: number;
  /** -1 = never. */
  readonly expiryTime: number;
  revokedAt?: number;
  /** Until then it signs its owner in although it is revoked. */
  diesAt?: number;
  lastUsedDay?: number;
  /** Neither revoked nor expired, as of the moment of the question. */
  alive: boolean;
}

export interface Asked {
  comment?: string | undefined;
  lifetimeSeconds?: number | undefined;
  scopes?: string[] | undefined;
  autoscope?: boolean;
}

/** Made at run time: no literal that looks like a token stands in the repository. */
export const newValue = (): string => `dapi${randomBytes(16).toString("hex")}`;
const newTokenId = (): string => createHash("sha256").update(randomBytes(16)).digest("hex");

/** Every token that the workspace ever made, by id and by value. */
export class Tokens {
  readonly #byId = new Map<string, TokenRecord>();
  readonly #byValue = new Map<string, TokenRecord>();

  constructor(private readonly now: () => number) {}

  mint(owner: string, asked: Asked, settings: Settings): TokenRecord {
    const lifetime = settings.grantLifetime(asked.lifetimeSeconds) ?? settings.maxLifetimeSeconds;
    const creationTime = this.now();
    const record: TokenRecord = {
      tokenId: newTokenId(),
      value: newValue(),
      owner,
      createdBy: owner,
      comment: settings.keepComment(asked.comment ?? ""),
      scopes: settings.grantScopes(asked.scopes),
      past: [],
      autoscopeEnabled: asked.autoscope ?? false,
      inferredScopes: [],
      creationTime,
      worksFrom: creationTime + settings.tokensWorkAfterMs,
      expiryTime: Number.isFinite(lifetime) ? creationTime + lifetime * 1000 : -1,
      alive: true,
    };
    this.#byId.set(record.tokenId, record);
    this.#byValue.set(record.value, record);
    return record;
  }

  get(tokenId: string): TokenRecord | undefined {
    return this.#byId.get(tokenId);
  }

  withValue(value: string): TokenRecord | undefined {
    return this.#byValue.get(value);
  }

  /** Whether the service accepts it right now. */
  signsIn(record: TokenRecord): boolean {
    const now = this.now();
    return now >= record.worksFrom && !this.#isExpired(record) && (record.diesAt === undefined || now < record.diesAt);
  }

  /** Neither revoked nor expired. */
  isAlive(record: TokenRecord): boolean {
    return record.revokedAt === undefined && !this.#isExpired(record);
  }

  #isExpired({ expiryTime }: TokenRecord): boolean {
    return expiryTime >= 0 && expiryTime <= this.now();
  }

  revoke(record: TokenRecord, settings: Settings): void {
    if (record.revokedAt !== undefined) return;
    record.revokedAt = this.now();
    record.diesAt = record.revokedAt + settings.tokensDieAfterMs;
  }

  edit(record: TokenRecord, change: { comment?: string; scopes?: string[] | undefined }): void {
    record.past.push({ until: this.now(), comment: record.comment, scopes: record.scopes });
    Object.assign(record, change);
  }

  all(owner?: string): TokenRecord[] {
    return [...this.#byId.values()]
      .filter((record) => owner === undefined || record.owner === owner)
      .map((record) => Object.assign(record, { alive: this.isAlive(record) }));
  }

  /** What a list shows: not the revoked ones, expired ones if the workspace does that, all as of `listLagMs` ago. */
  listed(settings: Settings, owner?: string): TokenRecord[] {
    const then = this.now() - settings.listLagMs;
    return this.all(owner)
      .filter(
        (record) =>
          record.creationTime <= then &&
          (record.revokedAt === undefined || record.revokedAt > then) &&
          (settings.listsExpired || !this.#isExpired(record)),
      )
      .map((record) => ({ ...record, ...record.past.find(({ until }) => until > then) }));
  }
}
