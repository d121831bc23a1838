import type { Credential, WorkspaceInput } from "../../credentials";
import { DatabricksTokensError, type ErrorCode } from "../../errors";
import { contextFor } from "../../process/token-context";
import { as, type TokenContext } from "../../token/context";
import { isRefusal } from "../../token/identity";
import { listTokens, listTokensOfAll, type WorkspaceTokenInfo } from "../../workspace";
import { type Count, showAbsent } from "./absent";
import type { ExportedState } from "./exported-state";
import { gapsOf } from "./gaps";
import type { Seen } from "./kinds";

/** One way to sign in to a workspace. */
export interface Way {
  readonly context: TokenContext;
  readonly credential: Credential;
}

/** A workspace, as far as today's sign-in shows it. */
export interface Sight {
  readonly host: string;
  /** Absent: it could not be listed at all. */
  readonly seen?: Seen;
  /** The administrator who lists everybody's tokens. */
  readonly administrator?: Way;
  /** Whose own list a token stands in. */
  readonly ownerOf: ReadonlyMap<string, Way>;
  /** Why it could not be listed. */
  readonly problem?: DatabricksTokensError;
  /** Why what is listed may not be all that concerns the stack. */
  readonly gaps: readonly DatabricksTokensError[];
}

/** Where the workspace itself can't be asked, other identities need not try. */
const NOBODY_CAN: readonly ErrorCode[] = ["UNREACHABLE", "TLS", "WRONG_HOST", "PRIVATE_LINK", "THROTTLED", "TIMEOUT"];

/**
 * Lists a workspace as the provider would sign in there, for each way that a resource asks for. `isNamed`: by the caller
 * of the audit.
 */
export async function look(
  { host, isNamed }: { host: string; isNamed: boolean },
  workspaces: readonly WorkspaceInput[],
  state: ExportedState,
  progress: (count: Count) => void,
): Promise<Sight> {
  try {
    const wishes = workspaces.map((workspace) => wishFor(host, workspace, isNamed));
    const ways = [...new Map(wishes.flatMap((wish) => wish.ways).map((way) => [keyOf(way), way])).values()];
    const [way] = ways;
    if (!way) throw wishes.find(({ problem }) => problem)?.problem ?? nobody(host);
    const sight = (await asAdministrator(host, ways)) ?? (await asOwners(host, ways, wishes));
    const operationMs = Math.max(...ways.map(({ context }) => context.limits.operationMs));
    const seen = { ...sight.seen, operationMs, ...(await showAbsent(way.context, sight.seen, state, progress)) };
    return { ...sight, seen, gaps: [...sight.gaps, ...gapsOf(seen, state)] };
  } catch (error) {
    if (error instanceof DatabricksTokensError) return { host, ownerOf: new Map(), problem: error, gaps: [] };
    throw error;
  }
}

/** What a resource's `workspace` gives to sign in with. */
interface Wish {
  readonly ways: readonly Way[];
  /** Why there is no configured identity. */
  readonly problem: Error | undefined;
}

/** Named by the caller of the audit, a host counts as one that today's program names. */
function wishFor(host: string, workspace: WorkspaceInput, isNamed: boolean): Wish {
  const context = contextFor({ host }, { workspace, ...(isNamed && { hostSource: "workspace" }) });
  return { ways: context.credentials.map((credential) => ({ context, credential })), problem: context.noCredentials };
}

const keyOf = ({ credential }: Way): string => credential.identityKey;

const nobody = (host: string): DatabricksTokensError =>
  new DatabricksTokensError("NO_CREDENTIALS", `There is no way to sign in to ${host}`);

type Listed = Sight & { readonly seen: Seen };

async function asAdministrator(host: string, ways: readonly Way[]): Promise<Listed | undefined> {
  for (const way of ways) {
    const { context, credential } = way;
    try {
      const tokens = await listTokensOfAll(as(context, credential));
      const name = (await context.whoIs(credential)).userName;
      const signedInAs = name === undefined ? [] : [name];
      const seen: Seen = { host, tokens, owners: "all", signedInAs, ...timeOf(context), refused: new Set() };
      return { host, seen, administrator: way, ownerOf: new Map(), gaps: [] };
    } catch (error) {
      if (!mayGoOn(error)) throw error;
    }
  }
  return undefined;
}

async function asOwners(host: string, ways: readonly Way[], wishes: readonly Wish[]): Promise<Listed> {
  const tokens = new Map<string, WorkspaceTokenInfo>();
  const ownerOf = new Map<string, Way>();
  const owners: string[] = [];
  const refusals = new Map<string, Error>();
  for (const way of ways) {
    const { context, credential } = way;
    try {
      const owner = (await context.whoIs(credential)).userName ?? "";
      for (const info of await listTokens(as(context, credential))) {
        tokens.set(info.tokenId, { ...info, owner, usageKnown: false });
        ownerOf.set(info.tokenId, way);
      }
      if (owner !== "") owners.push(owner);
    } catch (error) {
      if (!mayGoOn(error)) throw error;
      refusals.set(keyOf(way), error);
    }
  }
  // Of each resource's wish: why nobody could sign in for it.
  const failed = wishes.flatMap(({ ways: own, problem }) =>
    own.every((way) => refusals.has(keyOf(way))) ? [refusals.get(keyOf(own[0]!)) ?? problem ?? nobody(host)] : [],
  );
  if (refusals.size === ways.length) throw failed[0] ?? nobody(host);
  const time = timeOf(ways[0]!.context);
  const seen: Seen = { host, tokens: [...tokens.values()], owners, signedInAs: owners, ...time, refused: new Set() };
  return { host, seen, ownerOf, gaps: failed.filter((error) => error instanceof DatabricksTokensError) };
}

/** A workspace that answers too slowly does not tell its time; this machine's may be hours off. */
const timeOf = ({ client }: TokenContext): Pick<Seen, "now" | "isTimeKnown"> => ({
  now: client.serverNow(),
  isTimeKnown: client.clockOffsetMs !== undefined,
});

function mayGoOn(error: unknown): error is DatabricksTokensError {
  if (!(error instanceof DatabricksTokensError)) return false;
  if (isRefusal(error)) return true;
  return !NOBODY_CAN.includes(error.code) && ["NOT_FOUND", "NOT_SUPPORTED", "NO_CREDENTIALS"].includes(error.code);
}
