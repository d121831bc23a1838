import type { Credential } from "../credentials";
import { DatabricksTokensError } from "../errors";
import { type Authorization, type Caller, currentUser, type TokenInfo, type WorkspaceClient } from "../workspace";
import type { Identity, Minter } from "./minter";

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

/** The tokens of one identity, and when they were asked for (epoch ms, local clock). */
export interface Listing {
  readonly tokens: readonly TokenInfo[];
  readonly at: number;
}

export interface ListingWanted {
  /** Whose request began at this moment or later, epoch ms of the local clock. @default within the last 30 s */
  readonly after?: number;
  /** By an administrator's call: the tokens of that minter; everybody's if its id and user name are not known. */
  readonly minter?: Minter;
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
  /** Milliseconds of a clock that is never set. */
  elapsed(): number;
  sleep(ms: number): Promise<void>;
  /** The identity's own tokens, or by an administrator's call those of a minter. Shared by the whole process. */
  list(credential: Credential, wanted?: ListingWanted): Promise<Listing>;
  /** Who a credential signs in as, asked once. */
  whoIs(credential: Credential): Promise<Identity>;
  /** Throws ENGINE_GONE if the Pulumi CLI that started this process is gone: nothing may be minted any more. */
  assertEngine(): Promise<void>;
  warn(message: string): void;
}

/** The workspace's time, epoch ms. Where it is not known yet the workspace is asked; undefined: it does not tell. */
export async function knownTime(context: TokenContext, credential: Credential): Promise<number | undefined> {
  const { client, list, now } = context;
  // One that is off from this machine's clock counts once a second one agrees; not everybody may ask both.
  const questions = [
    () => list(credential),
    () => currentUser(as(context, credential), 0),
    () => list(credential, { after: now() }),
  ];
  for (const ask of questions) {
    if (client.clock.isSure) break;
    await ask().catch(() => undefined);
  }
  return client.clockOffsetMs === undefined ? undefined : client.serverNow();
}

/** As {@link knownTime}. @throws DatabricksTokensError CLOCK_UNKNOWN: nothing may be revoked for its age then. */
export async function serverTime(context: TokenContext, credential: Credential): Promise<number> {
  const time = await knownTime(context, credential);
  if (time !== undefined) return time;
  throw new DatabricksTokensError(
    "CLOCK_UNKNOWN",
    `The time of ${context.client.host} can't be told: its answers carry no date, or dates that differ. Nothing is ` +
      "revoked for its age until it can. Look for a proxy that rewrites answers, and set this machine's clock right",
  );
}

/** Calls in the name of `authorization`, until the operation must be over or `until`. */
export function as({ client, deadline }: TokenContext, authorization: Authorization, until = deadline): Caller {
  return { client, authorization, deadline: until };
}
