import { type Identity, newTokenId, newValue, type Settings, type TokenRecord } from "./records";

/** Every token that the workspace ever made, by id and by value. */
export class Tokens {
  readonly #byId = new Map<string, TokenRecord>();
  readonly #byValue = new Map<string, TokenRecord>();

  constructor(
    private readonly settings: Settings,
    private readonly now: () => number,
  ) {}

  mint(
    owner: Identity,
    asked: {
      comment?: string | undefined;
      lifetimeSeconds?: number | undefined;
      scopes?: string[] | undefined;
      autoscope?: boolean;
    },
  ): TokenRecord {
    const { grantScopes, grantLifetime, maxTokenLifetimeDays } = this.settings;
    const scopes = grantScopes ? grantScopes(asked.scopes) : asked.scopes;
    const lifetime =
      (grantLifetime ? grantLifetime(asked.lifetimeSeconds) : asked.lifetimeSeconds) ??
      (maxTokenLifetimeDays || 730) * 86_400;
    const creationTime = this.now();
    const record: TokenRecord = {
      tokenId: newTokenId(),
      value: newValue(),
      owner: owner.userName,
      createdBy: owner.userName,
      comment: asked.comment ?? "",
      scopes,
      autoscopeEnabled: asked.autoscope ?? false,
      creationTime,
      expiryTime: creationTime + lifetime * 1000,
      alive: true,
    };
    this.#byId.set(record.tokenId, record);
    this.#byValue.set(record.value, record);
    return record;
  }

  get(tokenId: string): TokenRecord | undefined {
    return this.#byId.get(tokenId);
  }

  /** The token that a caller shows, if the service accepts it right now. */
  accepted(value: string): TokenRecord | undefined {
    const record = this.#byValue.get(value);
    if (!record) return undefined;
    const now = this.now();
    if (now < record.creationTime + this.settings.tokensWorkAfterMs) return undefined;
    if (record.expiryTime >= 0 && record.expiryTime <= now) return undefined;
    if (record.revokedAt !== undefined && now >= record.revokedAt + this.settings.tokensDieAfterMs) return undefined;
    return record;
  }

  /** Neither revoked nor expired. */
  isAlive(record: TokenRecord): boolean {
    return record.revokedAt === undefined && (record.expiryTime < 0 || record.expiryTime > this.now());
  }

  revoke(record: TokenRecord): void {
    record.revokedAt ??= this.now();
  }

  revokeAllOf(userName: string): void {
    for (const record of this.all()) if (record.owner === userName && this.isAlive(record)) this.revoke(record);
  }

  all(): TokenRecord[] {
    return [...this.#byId.values()].map((record) => Object.assign(record, { alive: this.isAlive(record) }));
  }

  /** What a list shows: not the revoked ones, expired ones still, new ones after their lag. */
  listed(owner?: string): TokenRecord[] {
    const visible = this.now() - this.settings.listLagMs;
    return [...this.#byId.values()].filter(
      (record) =>
        record.revokedAt === undefined && record.creationTime <= visible && (!owner || record.owner === owner),
    );
  }
}
