import type { Credential, WorkspaceInput } from "../../credentials";
import { DatabricksTokensError, type ErrorCode } from "../../errors";
import { contextFor } from "../../process/token-context";
import { as, type TokenContext } from "../../token/context";
import { isRefusal } from "../../token/identity";
import { prove } from "../../token/proof";
import { isExpired } from "../../token/schedule";
import { listTokens, listTokensOfAll, type WorkspaceTokenInfo } from "../../workspace";
import type { ExportedState, HeldToken } from "./exported-state";
import { heldOn, type Seen } from "./kinds";

/** One way to sign in to a workspace, and what it shows. */
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
}

/** Where the workspace itself can't be asked, other identities need not try. */
const NOBODY_CAN: readonly ErrorCode[] = ["UNREACHABLE", "TLS", "WRONG_HOST", "PRIVATE_LINK", "THROTTLED", "TIMEOUT"];
/** Tokens of the state that are not listed are shown to the workspace, so many at once. */
const AT_ONCE = 8;

/** Lists a workspace as the provider would sign in there, for each way that a resource asks for. */
export async function look(
  host: string,
  workspaces: readonly WorkspaceInput[],
  state: ExportedState,
  progress: (count: readonly [done: number, of: number]) => void,
): Promise<Sight> {
  try {
    const ways = waysTo(host, workspaces);
    const sight = (await asAdministrator(host, ways)) ?? (await asOwners(host, ways));
    const { seen } = sight;
    const [way] = ways;
    return seen && way ? { ...sight, seen: { ...seen, ...(await shown(way.context, seen, state, progress)) } } : sight;
  } catch (error) {
    if (error instanceof DatabricksTokensError) return { host, ownerOf: new Map(), problem: error };
    throw error;
  }
}

function waysTo(host: string, workspaces: readonly WorkspaceInput[]): Way[] {
  const ways: Way[] = [];
  let problem: Error | undefined;
  for (const workspace of workspaces) {
    const context = contextFor({ host }, { workspace });
    problem ??= context.noCredentials;
    for (const credential of context.credentials) {
      if (!ways.some((way) => way.credential.identityKey === credential.identityKey))
        ways.push({ context, credential });
    }
  }
  if (ways.length === 0 && problem) throw problem;
  return ways;
}

async function asAdministrator(host: string, ways: readonly Way[]): Promise<Sight | undefined> {
  for (const way of ways) {
    const { context, credential } = way;
    try {
      const tokens = await listTokensOfAll(as(context, credential));
      const seen: Seen = { host, tokens, owners: "all", now: context.client.serverNow(), refused: new Set() };
      return { host, seen, administrator: way, ownerOf: new Map() };
    } catch (error) {
      if (!mayGoOn(error)) throw error;
    }
  }
  return undefined;
}

async function asOwners(host: string, ways: readonly Way[]): Promise<Sight> {
  const tokens = new Map<string, WorkspaceTokenInfo>();
  const ownerOf = new Map<string, Way>();
  const owners: string[] = [];
  let refusal: unknown;
  let listed = false;
  for (const way of ways) {
    const { context, credential } = way;
    try {
      const owner = (await context.userName(credential)) ?? "";
      for (const info of await listTokens(as(context, credential))) {
        tokens.set(info.tokenId, { ...info, owner, usageKnown: false });
        ownerOf.set(info.tokenId, way);
      }
      if (owner !== "") owners.push(owner);
      listed = true;
    } catch (error) {
      if (!mayGoOn(error)) throw error;
      refusal ??= error;
    }
  }
  if (!listed) throw refusal ?? new DatabricksTokensError("NO_CREDENTIALS", `There is no way to sign in to ${host}`);
  const now = ways[0]!.context.client.serverNow();
  return { host, seen: { host, tokens: [...tokens.values()], owners, now, refused: new Set() }, ownerOf };
}

function mayGoOn(error: unknown): boolean {
  if (isRefusal(error)) return true;
  return (
    error instanceof DatabricksTokensError &&
    !NOBODY_CAN.includes(error.code) &&
    ["NOT_FOUND", "NOT_SUPPORTED", "NO_CREDENTIALS"].includes(error.code)
  );
}

/** Tokens of the state that are not listed: each is shown to the workspace, for absence alone says nothing. */
async function shown(
  context: TokenContext,
  seen: Seen,
  state: ExportedState,
  progress: (count: readonly [done: number, of: number]) => void,
): Promise<Pick<Seen, "refused" | "alive">> {
  const listed = new Set(seen.tokens.map(({ tokenId }) => tokenId));
  const [refused, alive] = [new Set<string>(), new Set<string>()];
  const absent = heldOn(state, seen.host).filter(
    ({ record, role }) =>
      !listed.has(record.tokenId) &&
      // An encrypted state has no values.
      record.tokenValue !== undefined &&
      !isExpired(record, seen.now) &&
      // One that was never proved may have yet to spread.
      !(role === "candidate" && seen.now - record.creationTime < context.limits.proveAliveMs),
  );
  for (let at = 0; at < absent.length; at += AT_ONCE) {
    progress([at, absent.length]);
    await Promise.all(
      absent.slice(at, at + AT_ONCE).map(async ({ record: { tokenId, tokenValue } }) => {
        const { verdict } = await prove(context, tokenValue);
        if (verdict === "refused") refused.add(tokenId);
        if (verdict === "alive") alive.add(tokenId);
      }),
    );
  }
  return { refused, alive };
}

/** Whether any list of the state is encrypted. */
export const isSealed = (tokens: readonly HeldToken[]): boolean => tokens.some(({ sealed }) => sealed);
