import type { ListedWorkspace } from "../../audit/document";
import type { ExportedState } from "../../audit/exported-state";
import type { TokenListing } from "../../audit/rows";
import { unseenOwnersOf } from "../../audit/unseen-owners";
import { DatabricksTokensError, hasCode, isRefusal } from "../../errors";
import { as, type TokenContext } from "../../session/context";
import { contextFor } from "../../session/token-context";
import type { Credential, WorkspaceInput } from "../../sign-in";
import { listTokens, listTokensOfAll, type WorkspaceTokenInfo } from "../../workspace";
import { type Count, showAbsent } from "./absent";

/** One way to sign in to a workspace. */
export interface SignedIn {
  readonly context: TokenContext;
  readonly credential: Credential;
}

/** A workspace, as far as today's sign-in shows it. */
export interface WorkspaceListing extends ListedWorkspace {
  /** The administrator who lists everybody's tokens. */
  readonly administrator?: SignedIn;
  /** Whose own list a token stands in. */
  readonly ownerOf: ReadonlyMap<string, SignedIn>;
  /** Why what is listed may not be all that concerns the stack. */
  readonly unseenOwners: readonly DatabricksTokensError[];
}

/**
 * Lists a workspace as the provider would sign in there, for each way that a resource asks for. `isNamed`: by the caller
 * of the audit.
 */
export async function look(
  { host, isNamed }: { host: string; isNamed: boolean },
  workspaces: readonly WorkspaceInput[],
  state: ExportedState,
  progress: (count: Count) => void,
): Promise<WorkspaceListing> {
  try {
    const signIns = workspaces.map((workspace) => signInsFor(host, workspace, isNamed));
    const allSignedIn = [
      ...new Map(
        signIns.flatMap((request) => request.allSignedIn).map((signedIn) => [keyOf(signedIn), signedIn]),
      ).values(),
    ];
    const [signedIn] = allSignedIn;
    if (!signedIn) throw signIns.find(({ problem }) => problem)?.problem ?? nobody(host);
    const listing = (await asAdministrator(host, allSignedIn)) ?? (await asOwners(host, allSignedIn, signIns));
    const operationMs = Math.max(...allSignedIn.map(({ context }) => context.limits.operationMs));
    const tokenListing = {
      ...listing.tokenListing,
      operationMs,
      ...(await showAbsent(signedIn.context, listing.tokenListing, state, progress)),
    };
    return {
      ...listing,
      tokenListing,
      unseenOwners: [...listing.unseenOwners, ...unseenOwnersOf(tokenListing, state)],
    };
  } catch (error) {
    if (error instanceof DatabricksTokensError) return { host, ownerOf: new Map(), problem: error, unseenOwners: [] };
    throw error;
  }
}

/** What a resource's `workspace` gives to sign in with. */
interface SignIns {
  readonly allSignedIn: readonly SignedIn[];
  /** Why there is no configured identity. */
  readonly problem: Error | undefined;
}

/** Named by the caller of the audit, a host counts as one that today's program names. */
function signInsFor(host: string, workspace: WorkspaceInput, isNamed: boolean): SignIns {
  const context = contextFor({ host }, { workspace, ...(isNamed && { hostSource: "workspace" }) });
  return {
    allSignedIn: context.credentials.map((credential) => ({ context, credential })),
    problem: context.noCredentials,
  };
}

const keyOf = ({ credential }: SignedIn): string => credential.identityKey;

const nobody = (host: string): DatabricksTokensError =>
  new DatabricksTokensError("NO_CREDENTIALS", `There is no way to sign in to ${host}`);

type Listed = WorkspaceListing & { readonly tokenListing: TokenListing };

async function asAdministrator(host: string, allSignedIn: readonly SignedIn[]): Promise<Listed | undefined> {
  for (const signedIn of allSignedIn) {
    const { context, credential } = signedIn;
    try {
      const tokens = await listTokensOfAll(as(context, credential));
      const name = (await context.whoIs(credential)).userName;
      const signedInAs = name === undefined ? [] : [name];
      const tokenListing: TokenListing = {
        host,
        tokens,
        owners: "all",
        signedInAs,
        ...timeOf(context),
        refused: new Set(),
      };
      return { host, tokenListing, administrator: signedIn, ownerOf: new Map(), unseenOwners: [] };
    } catch (error) {
      if (!mayGoOn(error)) throw error;
    }
  }
  return undefined;
}

async function asOwners(host: string, allSignedIn: readonly SignedIn[], signIns: readonly SignIns[]): Promise<Listed> {
  const tokens = new Map<string, WorkspaceTokenInfo>();
  const ownerOf = new Map<string, SignedIn>();
  const owners: string[] = [];
  const refusals = new Map<string, Error>();
  for (const signedIn of allSignedIn) {
    const { context, credential } = signedIn;
    try {
      const owner = (await context.whoIs(credential)).userName ?? "";
      for (const info of await listTokens(as(context, credential))) {
        tokens.set(info.tokenId, { ...info, owner, usageKnown: false });
        ownerOf.set(info.tokenId, signedIn);
      }
      if (owner !== "") owners.push(owner);
    } catch (error) {
      if (!mayGoOn(error)) throw error;
      refusals.set(keyOf(signedIn), error);
    }
  }
  // Of each resource's workspace: why nobody could sign in for it.
  const failed = signIns.flatMap(({ allSignedIn: own, problem }) =>
    own.every((signedIn) => refusals.has(keyOf(signedIn)))
      ? [refusals.get(keyOf(own[0]!)) ?? problem ?? nobody(host)]
      : [],
  );
  if (refusals.size === allSignedIn.length) throw failed[0] ?? nobody(host);
  const time = timeOf(allSignedIn[0]!.context);
  const tokenListing: TokenListing = {
    host,
    tokens: [...tokens.values()],
    owners,
    signedInAs: owners,
    ...time,
    refused: new Set(),
  };
  return {
    host,
    tokenListing,
    ownerOf,
    unseenOwners: failed.filter((error) => error instanceof DatabricksTokensError),
  };
}

/** A workspace that answers too slowly does not tell its time; this machine's may be hours off. */
const timeOf = ({ client }: TokenContext): Pick<TokenListing, "now" | "isTimeKnown"> => ({
  now: client.serverNow(),
  isTimeKnown: client.clockOffsetMs !== undefined,
});

/** Another sign-in may be asked instead. */
const mayGoOn = (error: unknown): error is DatabricksTokensError =>
  isRefusal(error) || hasCode(error, "NOT_FOUND", "NOT_SUPPORTED", "NO_CREDENTIALS");
