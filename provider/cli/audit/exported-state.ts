import type { WorkspaceInput } from "../../credentials";
import { DatabricksTokensError } from "../../errors";
import type { TokenOrigin } from "../../token/marker";
import { type Properties, readInputs, readState, type TokenInputs, type TokenState } from "../../token/state";
import { foreignText } from "../../workspace/foreign-text";
import { isPlain, isSealed, isSound, notOurs, opened } from "./exported-values";

/** What `pulumi stack export` says of tokens. Pure. */

export const TOKEN_TYPE = "pulumi-nodejs:dynamic/databricks:Token";
/** What every stack outside of Pulumi Cloud has. */
const ORGANIZATION = "organization";
/** A token resource of the state. */
export interface HeldToken {
  readonly name: string;
  readonly state: TokenState;
  /** Replaced, and not yet deleted. */
  readonly toBeDeleted: boolean;
  /** The ids of `candidates` and `retiring` are encrypted: the state was exported without `--show-secrets`. */
  readonly sealed: boolean;
}

/** A resource whose nonce the state knows, finished or not. */
export interface KnownNonce {
  readonly nonce: string;
  readonly host: string;
  /** What the resource asks or asked for; absent: it can't be read. */
  readonly inputs?: TokenInputs;
}

/** The part of a marker that names a stack. */
export type StackName = Pick<TokenOrigin, "organization" | "project" | "stack">;

export interface ExportedState {
  /** Names that this stack has in markers: after a rename also the one before. */
  readonly stacks: readonly StackName[];
  readonly tokens: readonly HeldToken[];
  /** Of resources and of operations that were under way when a CLI was killed. */
  readonly nonces: readonly KnownNonce[];
  readonly pendingOperations: number;
  /** Sign-ins that the state asks for, by host. */
  readonly workspaces: ReadonlyMap<string, readonly WorkspaceInput[]>;
  /** Token resources that can't be read: written by another version. */
  readonly problems: readonly DatabricksTokensError[];
  /** Their nonces: what has one of these may be the resource's own token. */
  readonly unreadable: readonly string[];
}

interface Exported {
  urn: string;
  type: string;
  delete?: boolean;
  inputs?: Properties;
  outputs?: Properties;
}

/**
 * Reads an exported state. `own`: what the stack is called, where no token in it tells.
 * @throws DatabricksTokensError STATE_NOT_OURS, which quotes nothing of the text
 */
export function readExport(text: string, own?: StackName): ExportedState {
  const deployment = deploymentOf(text);
  const resources = listOf(deployment["resources"]);
  const pending = listOf(deployment["pending_operations"]).map((item) => Object(item)["resource"]);
  const found = resources.filter(isResource);
  const underWay = pending.filter(isResource);
  const ours = [...found, ...underWay].filter(({ type }) => type === TOKEN_TYPE);
  const tokens: HeldToken[] = [];
  const problems: DatabricksTokensError[] = [];
  const unreadable: string[] = [];
  for (const resource of found.filter(({ type }) => type === TOKEN_TYPE)) {
    try {
      tokens.push(heldToken(resource));
    } catch (error) {
      unreadable.push(...[resource.inputs, resource.outputs].map((props) => String(opened(props)["nonce"])));
      const { code, text } = error instanceof DatabricksTokensError ? error : notOurs("a token in it is odd");
      problems.push(new DatabricksTokensError(code, `${foreignText(nameOf(resource))}: ${text}`));
    }
  }
  const wishes = ours.flatMap(({ inputs, outputs }) => [readInputs(opened(inputs)), readInputs(opened(outputs))]);
  const workspaces = new Map<string, WorkspaceInput[]>();
  for (const { host, workspace = {} } of wishes) {
    if (typeof host !== "string") continue;
    if (!Object.values(workspace).every(isPlain)) continue;
    const known = workspaces.get(host) ?? [];
    if (!known.some((other) => JSON.stringify(other) === JSON.stringify(workspace))) known.push(workspace);
    workspaces.set(host, known);
  }
  const nonces = wishes.filter(({ nonce, host }) => typeof nonce === "string" && typeof host === "string");
  return {
    stacks: stacksOf(
      wishes.flatMap(({ origin }) => (origin ? [origin] : [])),
      found,
      own,
    ),
    tokens,
    nonces: nonces.map((inputs) => ({ nonce: inputs.nonce, host: inputs.host, ...(isSound(inputs) && { inputs }) })),
    pendingOperations: underWay.filter(({ type }) => type === TOKEN_TYPE).length,
    workspaces,
    problems,
    unreadable,
  };
}

export const sameStack = (a: StackName, b: StackName): boolean =>
  a.organization === b.organization && a.project === b.project && a.stack === b.stack;

function deploymentOf(text: string): Properties {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own error would quote a secret.
    throw notOurs("it is no whole JSON document, perhaps half-written");
  }
  const { version, deployment } = Object(value) as { version?: unknown; deployment?: unknown };
  if (typeof version !== "number" || typeof deployment !== "object" || deployment === null)
    throw notOurs("it has no version or no deployment");
  if (version < 3) throw notOurs(`version ${version} of the format is too old`);
  return deployment as Properties;
}

function listOf(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw notOurs("its resources are no list");
  return value;
}

function isResource(value: unknown): value is Exported {
  const { urn, type } = Object(value) as Partial<Exported>;
  if (typeof urn === "string" && typeof type === "string") return true;
  throw notOurs("a resource has no URN or no type");
}

function heldToken(resource: Exported): HeldToken {
  const outputs = opened(resource.outputs);
  const sealed = ["candidates", "retiring"].some((name) => isSealed(resource.outputs?.[name]));
  const { schemaVersion, workspace = {} } = outputs;
  if (typeof schemaVersion !== "number") throw notOurs("a token in it has no schema version");
  // They are settings, which errors quote, and hold no secret.
  if (!Object.values(Object(workspace)).every(isPlain)) throw notOurs("the workspace of a token in it is odd");
  const state = readState(outputs);
  if (!isSound(state.inputs)) throw notOurs("what a token in it was asked for with is odd");
  assertTimes(state);
  const { tokenId, creationTime, expiryTime } = outputs;
  // Without its value, which is encrypted in a state exported without --show-secrets, it is known all the same.
  if (!state.current && typeof tokenId === "string" && tokenId !== "" && isSealed(resource.outputs?.["tokenValue"])) {
    const times = { creationTime: Number(creationTime), expiryTime: Number(expiryTime) };
    state.current = { tokenId, ...times } as NonNullable<TokenState["current"]>;
  }
  return { name: nameOf(resource), state, toBeDeleted: resource.delete === true, sealed };
}

/** Everything that is said of a token follows from them. */
function assertTimes({ current, candidates, retiring }: TokenState): void {
  for (const { creationTime, expiryTime } of [...(current ? [current] : []), ...candidates, ...retiring]) {
    if (!Number.isFinite(creationTime) || !Number.isFinite(expiryTime)) throw notOurs("a token in it has no times");
  }
}

const nameOf = ({ urn }: Exported): string => urn.split("::").slice(3).join("::") || urn;

/** By what the tokens' origins say, and by the URNs, whose stack is today's name. */
function stacksOf(origins: readonly TokenOrigin[], resources: readonly Exported[], own?: StackName): StackName[] {
  const names: StackName[] = [];
  const add = ({ organization, project, stack }: StackName): void => {
    const name = { organization, project, stack };
    if (!names.some((other) => sameStack(other, name))) names.push(name);
  };
  for (const origin of origins) add(origin);
  if (own) add(own);
  const organizations = names.length > 0 ? [...new Set(names.map((name) => name.organization))] : [ORGANIZATION];
  for (const urn of resources.slice(0, 1).map((resource) => resource.urn)) {
    const [stack = "", project = ""] = urn.replace(/^urn:pulumi:/, "").split("::");
    for (const organization of organizations) add({ organization, project, stack });
  }
  return names;
}
