/**
 * How the workspace behaves. A change holds from the next call on; what was minted or revoked before keeps its lag.
 * A fault of the kind `as-if` changes settings for the calls that it hits alone.
 */
export class Settings {
  enableTokensConfig = true;
  /** 0 = the default of 730. */
  maxTokenLifetimeDays = 0;
  /** Living tokens of one user at most. */
  quota = 600;
  /** Of the Token API and of Token Management. */
  patchSupported = true;
  ipAccessListBlocks = false;
  /** A new token is refused for that long. */
  tokensWorkAfterMs = 0;
  /** A revoked token still answers for that long. */
  tokensDieAfterMs = 0;
  /** Lists show the tokens of that long ago: new ones not yet, revoked ones still, changed ones as they were. */
  listLagMs = 0;
  listsExpired = true;
  /** What a new token gets for the scopes asked for; nothing = all access. */
  grantScopes: (asked: string[] | undefined) => string[] | undefined = (asked) => asked;
  /** What a new token keeps of the comment asked for. */
  keepComment: (asked: string) => string = (asked) => asked;
  /** Seconds; undefined = the workspace's maximum, infinity = never expires. */
  grantLifetime: (asked: number | undefined) => number | undefined = (asked) => asked;

  /** Nobody mints tokens, and those that exist sign nobody in: `enableTokensConfig` the other way round. */
  get tokensDisabled(): boolean {
    return !this.enableTokensConfig;
  }
  set tokensDisabled(disabled: boolean) {
    this.enableTokensConfig = !disabled;
  }

  get maxLifetimeSeconds(): number {
    return (this.maxTokenLifetimeDays || 730) * 86_400;
  }

  with(changed: Change): Settings {
    return Object.assign(new Settings(), this, changed);
  }
}

export type Change = Partial<Omit<Settings, "maxLifetimeSeconds" | "with">>;
