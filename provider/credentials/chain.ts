import { DatabricksTokensError } from "../errors";
import type { Authorization } from "../workspace/authorization";
import { ambientSource } from "./ambient";
import { firstThatWorks } from "./first-that-works";
import { notMeantFor } from "./meant-for";
import { provedHost } from "./proved-host";
import { namespaceOf, type Surroundings, sourcesFor, type WorkspaceInput } from "./sources";
import { STRATEGIES } from "./strategies";
import type { Strategy } from "./strategy";
import { signInOf, type View, viewOf } from "./view";

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
 * The credentials that are meant for `host`, by source. Problems: NO_CREDENTIALS with every place and strategy and why
 * it does not apply; AMBIGUOUS_CREDENTIALS; INVALID_CONFIG.
 */
export function credentialsFor(host: string, workspace: WorkspaceInput, surroundings: Surroundings): Credentials {
  const sources = sourcesFor(workspace, surroundings);
  const forced = workspace.authType ?? sources.find(({ kind }) => kind === "config")?.get("authType");
  if (forced !== undefined && !isStrategy(forced)) return { credentials: [], problem: noSuchAuthType(forced) };
  const reasons: string[] = [];
  const credentials: Credential[] = [];
  let problem: DatabricksTokensError | undefined;
  const unfit = sources.map((source) => source.problem ?? notMeantFor(host, workspace, source));
  const fit = sources.filter((_, index) => unfit[index] === undefined);
  for (const [index, source] of sources.entries()) {
    const found = unfit[index] ?? signIn(viewOf(host, workspace, surroundings, source, fit), forced, workspace);
    if (typeof found === "string") reasons.push(`${source.title}: ${found}`);
    else if (!(found instanceof DatabricksTokensError)) {
      if (!credentials.some(({ identityKey }) => identityKey === found.identityKey)) credentials.push(found);
    }
    // Only the configured identity must be beyond doubt; a fallback in doubt is none.
    else if (credentials.length === 0) problem ??= found;
  }
  // Whoever asks for one way in is not given another.
  const isAsked = forced !== undefined || fit.some((source) => source.get("authType") !== undefined);
  if (credentials.length === 0 && !problem && !isAsked) {
    const found = onThisMachine(viewOf(host, workspace, surroundings, ambientSource, fit), workspace);
    if (typeof found === "string") reasons.push(`${ambientSource.title}: ${found}`);
    else if (found instanceof DatabricksTokensError) problem = found;
    else credentials.push(found);
  }
  if (credentials.length === 0) problem ??= noCredentials(host, workspace, reasons);
  return { credentials, ...(problem && { problem }) };
}

function noCredentials(host: string, workspace: WorkspaceInput, reasons: readonly string[]): DatabricksTokensError {
  return new DatabricksTokensError(
    "NO_CREDENTIALS",
    `There is no way to sign in to ${host}:\n${reasons.map((reason) => `- ${reason}\n`).join("")}` +
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
function signIn(
  view: View,
  forced: string | undefined,
  workspace: WorkspaceInput,
): Credential | string | DatabricksTokensError {
  const { source } = view;
  const authType = forced ?? source.get("authType");
  if (authType !== undefined && !isStrategy(authType)) return noSuchAuthType(`${authType} (${source.title})`);
  const complete: Strategy[] = [];
  const lacking: string[] = [];
  for (const strategy of STRATEGIES.filter(({ name, ambient }) => !ambient || name === authType)) {
    const lacks = view.lacks(strategy, strategy.name === authType);
    if (lacks === undefined) complete.push(strategy);
    else if (strategy.name === authType || (authType === undefined && strategy.kind !== "basic"))
      lacking.push(`${lacks} (${strategy.name})`);
  }
  const strategies = complete.filter(({ name }) => authType === undefined || name === authType);
  const [strategy] = strategies;
  const kinds = strategies.filter(({ kind }, index) => strategies.findIndex((other) => other.kind === kind) === index);
  if (kinds.length > 1) return ambiguous(view, kinds);
  if (strategy) return attempted(() => credentialBy(strategy, view, workspace));
  const others = complete.map(({ name }) => name).join(", ");
  return [...(others === "" ? [] : [`authType ${authType} leaves its ${others} aside`]), ...lacking].join(", ");
}

/** What is found on the machine without being set anywhere: the first that is signed in. */
function onThisMachine(view: View, workspace: WorkspaceInput): Credential | string | DatabricksTokensError {
  const lacking: string[] = [];
  const ways: Credential[] = [];
  for (const strategy of STRATEGIES.filter(({ ambient }) => ambient)) {
    const lacks = view.lacks(strategy, true);
    const way = lacks ?? attempted(() => credentialBy(strategy, view, workspace));
    if (way instanceof DatabricksTokensError) return way;
    if (typeof way === "string") lacking.push(`${way} (${strategy.name})`);
    else ways.push(way);
  }
  const [first, ...rest] = ways;
  if (!first) return lacking.join(", ");
  if (rest.length === 0) return first;
  return named(firstThatWorks([first, ...rest]), ways.map((way) => way.identityKey).join(" "));
}

function credentialBy(strategy: Strategy, view: View, workspace: WorkspaceInput): Credential {
  const signIn = signInOf(strategy, view);
  const authorization = strategy.load().authorize(signIn);
  return named(provedHost(authorization, strategy, signIn, view, workspace), signIn.identityKey);
}

function attempted(act: () => Credential): Credential | DatabricksTokensError {
  try {
    return act();
  } catch (error) {
    if (error instanceof DatabricksTokensError) return error;
    throw error;
  }
}

/** Not by a copy: the strategy of `firstThatWorks` changes. */
const named = (authorization: Authorization, identityKey: string): Credential =>
  Object.assign(authorization, { identityKey });

function ambiguous({ source, nameOf }: View, strategies: readonly Strategy[]): DatabricksTokensError {
  const kinds = strategies.map((strategy) => `${strategy.name} (${strategy.needs.map(nameOf).join(", ")})`);
  return new DatabricksTokensError(
    "AMBIGUOUS_CREDENTIALS",
    `${source.title} holds two kinds of credentials at once: ${kinds.join(" and ")}. Remove one, or force one with authType`,
  );
}
