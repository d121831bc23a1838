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

/**
 * The credentials that are meant for `host`, in order. The first is the configured identity; the others stand in for
 * read and delete after it was refused.
 * @throws DatabricksTokensError NO_CREDENTIALS with every place and why it does not apply; AMBIGUOUS_CREDENTIALS.
 */
export function credentialsFor(host: string, workspace: WorkspaceInput, surroundings: Surroundings): Credential[] {
  const sources = sourcesFor(workspace, surroundings);
  const authType = authTypeOf(workspace, sources);
  const reasons: string[] = [];
  const found: Credential[] = [];
  for (const source of sources) {
    if (source.problem) {
      if (found.length === 0) throw source.problem;
      continue;
    }
    const because = notMeantFor(host, workspace, source);
    if (because) {
      reasons.push(`${source.title}: ${because}`);
      continue;
    }
    const strategies = strategiesIn(source, authType);
    const [strategy] = strategies;
    if (strategies.length > 1) {
      // Only the configured identity must be beyond doubt; a fallback in doubt is none.
      if (found.length === 0) throw ambiguous(source, strategies);
      continue;
    }
    if (!strategy) reasons.push(`${source.title}: no ${source.nameOf("token")}`);
    else if (!strategy.authorize)
      reasons.push(`${source.title}: has ${strategy.name}, which this version can't use yet`);
    else found.push(credential(host, strategy, source));
  }
  if (found.length > 0) return found;
  throw new DatabricksTokensError(
    "NO_CREDENTIALS",
    `There is no way to sign in to ${host}. ${reasons.join("; ")}. ` +
      `Set one: pulumi config set --secret ${namespaceOf(workspace)}:token, or DATABRICKS_TOKEN, or a profile of ~/.databrickscfg`,
  );
}

function authTypeOf(workspace: WorkspaceInput, sources: readonly Source[]): string | undefined {
  const forced =
    workspace.authType ?? sources.map((source) => source.get("authType")).find((value) => value !== undefined);
  if (forced !== undefined && !STRATEGIES.some((strategy) => strategy.name === forced)) {
    throw new DatabricksTokensError(
      "INVALID_CONFIG",
      `There is no authType ${forced}; there are ${STRATEGIES.map((strategy) => strategy.name).join(", ")}`,
    );
  }
  return forced;
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

function strategiesIn(source: Source, authType: string | undefined): Strategy[] {
  const complete = STRATEGIES.filter(
    (strategy) => strategy.needs.length > 0 && strategy.needs.every((setting) => source.get(setting) !== undefined),
  );
  return authType === undefined ? complete : complete.filter((strategy) => strategy.name === authType);
}

function ambiguous(source: Source, strategies: readonly Strategy[]): DatabricksTokensError {
  const kinds = strategies.map((strategy) => `${strategy.name} (${strategy.needs.map(source.nameOf).join(", ")})`);
  return new DatabricksTokensError(
    "AMBIGUOUS_CREDENTIALS",
    `${source.title} holds two kinds of credentials at once: ${kinds.join(" and ")}. Remove one, or force one with authType`,
  );
}

function credential(host: string, strategy: Strategy, source: Source): Credential {
  const identity = [host, strategy.name, ...strategy.needs.map((setting) => source.get(setting) ?? "")].join("\n");
  const authorization = strategy.authorize!(source, source.get);
  return { ...authorization, identityKey: createHash("sha256").update(identity).digest("hex").slice(0, 16) };
}
