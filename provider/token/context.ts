import type { Credential } from "../credentials";
import type { Authorization, Caller, TokenInfo, WorkspaceClient } from "../workspace";

/** Milliseconds that the steps of a lifecycle may take. */
export interface Limits {
  /** To prove that a new token authenticates; default 60,000. */
  readonly proveAliveMs: number;
  /** To prove that a revoked token is refused; default 120,000. */
  readonly proveDeadMs: number;
  /** For an operation in all; default 300,000. */
  readonly operationMs: number;
  /** How long a listing may lag behind a creation; after it an absent token was never made. Default 60,000. */
  readonly listLagMs: number;
}

export const DEFAULT_LIMITS: Limits = {
  proveAliveMs: 60_000,
  proveDeadMs: 120_000,
  operationMs: 300_000,
  listLagMs: 60_000,
};

/** The tokens of one identity, and when they were listed (epoch ms, local clock). */
export interface Listing {
  readonly tokens: readonly TokenInfo[];
  readonly at: number;
}

/** What the lifecycle functions work with: one workspace, its credentials, a clock. They hold no I/O of their own. */
export interface TokenContext {
  readonly client: WorkspaceClient;
  /** In order; the first is the configured identity, the others stand in for read and delete alone. */
  readonly credentials: readonly Credential[];
  /** Why there is no configured identity, if there is none. */
  readonly noCredentials?: Error;
  readonly limits: Limits;
  /** When this operation must be over, epoch ms of the local clock. */
  readonly deadline: number;
  now(): number;
  sleep(ms: number): Promise<void>;
  /**
   * The identity's own tokens, or by an administrator's call those of `owner`. Shared by all that ask within 30
   * seconds; `fresh` asks the workspace again.
   */
  list(credential: Credential, options?: { fresh?: boolean; owner?: string }): Promise<Listing>;
  /** The user name behind a credential, asked once; undefined where it may not know itself. */
  userName(credential: Credential): Promise<string | undefined>;
  /** Throws ENGINE_GONE if the Pulumi CLI that started this process is gone: nothing may be minted any more. */
  assertEngine(): Promise<void>;
  warn(message: string): void;
}

/**
 * The workspace's time, epoch ms. Where it has not answered anything yet it is asked for the shared list: this machine's
 * clock may be hours off.
 */
export async function serverTime({ client, list }: TokenContext, credential: Credential): Promise<number> {
  if (client.clockOffsetMs === undefined) await list(credential);
  return client.serverNow();
}

/** Calls in the name of `authorization`, until the operation must be over or `until`. */
export function as({ client, deadline }: TokenContext, authorization: Authorization, until = deadline): Caller {
  return { client, authorization, deadline: until };
}
