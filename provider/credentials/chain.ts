import { createHash } from "node:crypto";
import { DatabricksTokensError } from "../errors";
import type { Authorization } from "../workspace/authorization";
import { parseHost } from "../workspace/host";
import { namespaceOf, type Source, type Surroundings, sourcesFor, type WorkspaceInput } from "./sources";
import { STRATEGIES } from "./strategies";
import type { Strategy } from "./strategy";

/** A way to sign in that applies. */
export interface Credential extends Authorization {
  /** Stable and not secret: names the identity in caches. */
  readonly identityKey: string;
}

/** Who may act on a workspace. */
export interface Credentials {
  /** In order; the first is the configured identity, unless there is a problem with that one. */
  readonly credentials: readonly Credential[];
  /** Why there is no configured identity. What `credentials` holds then stands in for read and delete alone. */
  readonly problem?: DatabricksTokensError;
}

/**
 * The credentials that are meant for `host`, by source. Problems: NO_CREDENTIALS with every place and why it does not
 * apply; AMBIGUOUS_CREDENTIALS; INVALID_CONFIG.
 */
export function credentialsFor(host: string, workspace: WorkspaceInput, surroundings: Surroundings): Credentials {
  const sources = sourcesFor(workspace, surroundings);
  const forced = workspace.authType ?? sources.find(({ kind }) => kind === "config")?.get("authType");
  if (forced !== undefined && !isStrategy(forced)) return { credentials: [], problem: noSuchAuthType(forced) };
  const reasons: string[] = [];
  const credentials: Credential[] = [];
  let problem: DatabricksTokensError | undefined;
  for (const source of sources) {
    const found = source.problem ?? notMeantFor(host, workspace, source) ?? signIn(host, source, forced);
    if (typeof found === "string") reasons.push(`${source.title}: ${found}`);
    else if (!(found instanceof DatabricksTokensError)) credentials.push(found);
    // Only the configured identity must be beyond doubt; a fallback in doubt is none.
    else if (credentials.length === 0) problem ??= found;
  }
  if (credentials.length === 0) problem ??= noCredentials(host, workspace, reasons);
  return { credentials, ...(problem && { problem }) };
}

function noCredentials(host: string, workspace: WorkspaceInput, reasons: readonly string[]): DatabricksTokensError {
  return new DatabricksTokensError(
    "NO_CREDENTIALS",
    `There is no way to sign in to ${host}. ${reasons.join("; ")}. ` +
      `Set one: pulumi config set --secret ${namespaceOf(workspace)}:token, or DATABRICKS_TOKEN, or a profile of ~/.databrickscfg`,
  );
}

const isStrategy = (name: string): boolean => STRATEGIES.some((strategy) => strategy.name === name);

function noSuchAuthType(name: string): DatabricksTokensError {
  const names = STRATEGIES.map((strategy) => strategy.name).join(", ");
  return new DatabricksTokensError("INVALID_CONFIG", `There is no authType ${name}; there are ${names}`);
}

/**
 * The way in that a source offers; a text: why it offers none; an error: why it can't be taken. `forced` holds for every
 * source, a source's own authType for itself alone.
 */
function signIn(host: string, source: Source, forced: string | undefined): Credential | string | DatabricksTokensError {
  const authType = forced ?? source.get("authType");
  if (authType !== undefined && !isStrategy(authType)) return noSuchAuthType(`${authType} (${source.title})`);
  const complete = STRATEGIES.filter(
    ({ name, needs }) => (needs.length > 0 || name === authType) && needs.every((setting) => source.get(setting)),
  );
  const strategies = complete.filter(({ name }) => authType === undefined || name === authType);
  const [strategy] = strategies;
  if (strategies.length > 1) return ambiguous(source, strategies);
  if (!strategy) {
    const others = complete.map(({ name }) => name).join(", ");
    return others === "" ? `no ${source.nameOf("token")}` : `authType ${authType} leaves its ${others} aside`;
  }
  if (!strategy.authorize) {
    return new DatabricksTokensError(
      "INVALID_CONFIG",
      `${source.title} has ${strategy.name}, which this version can't use yet. Give it a token, or force pat with authType`,
    );
  }
  try {
    const identity = [host, strategy.name, ...strategy.needs.map((setting) => source.get(setting) ?? "")].join("\n");
    const identityKey = createHash("sha256").update(identity).digest("hex").slice(0, 16);
    return { ...strategy.authorize(source, source.get), identityKey };
  } catch (error) {
    if (error instanceof DatabricksTokensError) return error;
    throw error;
  }
}

/** Why the credentials of a source are not for this host; undefined if they are. */
function notMeantFor(host: string, workspace: WorkspaceInput, source: Source): string | undefined {
  const own = source.get("host");
  if (own === undefined) {
    // The environment's and the profile's credentials belong to the first workspace, not to one of another namespace.
    const foreign =
      namespaceOf(workspace) !== "databricks" && source.kind !== "config" && workspace.profile === undefined;
    return foreign ? "names no host, so its credentials are not for a second workspace" : undefined;
  }
  let origin: string;
  try {
    origin = parseHost(own);
  } catch {
    return `its host (${source.nameOf("host")}) can't be read`;
  }
  return origin === host ? undefined : `its credentials are for ${origin}`;
}

function ambiguous(source: Source, strategies: readonly Strategy[]): DatabricksTokensError {
  const kinds = strategies.map((strategy) => `${strategy.name} (${strategy.needs.map(source.nameOf).join(", ")})`);
  return new DatabricksTokensError(
    "AMBIGUOUS_CREDENTIALS",
    `${source.title} holds two kinds of credentials at once: ${kinds.join(" and ")}. Remove one, or force one with authType`,
  );
}
