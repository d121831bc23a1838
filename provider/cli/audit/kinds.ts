import { DEFAULT_LIMITS } from "../../token/context";
import { attemptsIn, judge } from "../../token/lost";
import { parseComment, type TokenOrigin } from "../../token/marker";
import { isExpired } from "../../token/schedule";
import { ownersOf, type TokenRecord, type TokenState } from "../../token/state";
import type { WorkspaceTokenInfo } from "../../workspace";
import { type ExportedState, type HeldToken, sameStack } from "./exported-state";

/** Whose token is it? Pure: an exported state and listings in, one row a token out. */

export const KINDS = ["managed", "retiring", "orphan", "unclaimed", "other-stack", "not-ours", "dead"] as const;
export type Kind = (typeof KINDS)[number];

/** The last use is known by its day alone. */
export const PROOF_MS = 86_400_000;

/** The tokens of a workspace, as far as they can be seen. */
export interface Seen {
  readonly host: string;
  readonly tokens: readonly WorkspaceTokenInfo[];
  /** Everybody's, or those of these users alone. */
  readonly owners: "all" | readonly string[];
  /** User names of this audit's sign-ins, as far as they know them. */
  readonly signedInAs: readonly string[];
  /** The workspace's time, epoch ms; this machine's unless `isTimeKnown`. */
  readonly now: number;
  readonly isTimeKnown: boolean;
  /** How long an operation may take there; @default 300,000 */
  readonly operationMs?: number;
  /** Ids that are not listed, and were refused when they were shown. */
  readonly refused: ReadonlySet<string>;
  /** Ids that are not listed to us, and signed in when they were shown. */
  readonly alive?: ReadonlySet<string>;
}

/** What the state keeps of a token. */
export type Role = "current" | "candidate" | "retiring";

/** One token, with what is known of it. */
export interface Row {
  readonly kind: Kind;
  readonly host: string;
  readonly tokenId: string;
  /** As the workspace lists it; absent where it is not listed. */
  readonly listed?: WorkspaceTokenInfo;
  /** What the state has of it. */
  readonly held?: { readonly role: Role; readonly token: HeldToken; readonly record: TokenRecord };
  /** User name; empty: not known. */
  readonly owner: string;
  /** The user's part. */
  readonly comment: string;
  readonly marker?: { readonly origin: TokenOrigin; readonly nonce: string };
  readonly creationTime: number;
  readonly expiryTime: number;
  /** Epoch ms of when a retiring token is to be revoked. */
  readonly until?: number;
  /** The state has it; whether it lives could not be told. */
  readonly unseen: boolean;
  /** It may be retiring or a candidate: the lists that tell are encrypted in this state. */
  readonly unsure: boolean;
  readonly now: number;
  readonly isTimeKnown: boolean;
  /** Its owner signs in to this audit, or has other tokens of this stack: as one of them its runs mint. */
  readonly isOfMinter: boolean;
  /** The state knows its nonce: one that is unclaimed all the same may be somebody's. */
  readonly isKnownNonce: boolean;
}

/** Every token of the workspaces that were seen, and of the state on those. */
export function classify(state: ExportedState, workspaces: readonly Seen[]): Row[] {
  return workspaces.flatMap((seen) => classifyOn(state, seen));
}

function classifyOn(state: ExportedState, seen: Seen): Row[] {
  const { host, now, isTimeKnown } = seen;
  const held = new Map(heldOn(state, host).map((item) => [item.record.tokenId, item]));
  const resources = Map.groupBy(statesOn(state, host), ({ inputs }) => inputs.nonce);
  const nonces = new Set(state.nonces.filter((known) => known.host === host).map(({ nonce }) => nonce));
  const sealed = new Set([
    ...state.unreadable,
    ...state.tokens.filter((token) => token.sealed).map(({ state }) => state.inputs.nonce),
  ]);
  const here = state.tokens.filter((token) => token.state.inputs.host === host);
  const minters = new Set([...seen.signedInAs, ...here.flatMap((token) => [...ownersOf(token.state)])]);
  const listedIds = new Set(seen.tokens.map(({ tokenId }) => tokenId));
  const rows = seen.tokens.map((listed): Row => {
    const { comment, origin, nonce } = parseComment(listed.comment);
    const known = held.get(listed.tokenId);
    const { tokenId, creationTime, expiryTime } = listed;
    const unsure = !known && nonce !== undefined && sealed.has(nonce);
    const base = {
      ...{ host, tokenId, listed, comment, creationTime, expiryTime, now, isTimeKnown, unseen: false, unsure },
      // A list of one's own names nobody else.
      ...{ owner: listed.owner, isOfMinter: seen.owners !== "all" || minters.has(listed.owner) },
      isKnownNonce: nonce !== undefined && nonces.has(nonce),
      ...(origin && nonce !== undefined && { marker: { origin, nonce } }),
    };
    if (known) return { ...base, ...ofRole(known), kind: isExpired(listed, now) ? "dead" : kindOf(known.role) };
    if (!origin || nonce === undefined)
      return { ...base, ...ofCutMarker(listed, [...resources.values()].flat(), base, seen) };
    // A copy of this state in another stack has the same nonces: the marker's stack tells them apart.
    if (!state.stacks.some((own) => sameStack(own, origin))) return { ...base, kind: "other-stack" };
    if (unsure) return { ...base, kind: "retiring" };
    const isLost = base.isOfMinter && (resources.get(nonce) ?? []).some((held) => isLostBy(held, listed, origin, seen));
    return { ...base, kind: isLost ? "orphan" : "unclaimed" };
  });
  for (const known of held.values()) {
    const { record, token } = known;
    if (listedIds.has(record.tokenId)) continue;
    const { inputs } = token.state;
    const owner = record.minter?.userName ?? token.state.owner;
    const gone = isExpired(record, now) || seen.refused.has(record.tokenId);
    rows.push({
      ...{ host, tokenId: record.tokenId, owner, comment: inputs.comment ?? "", now },
      ...{ isTimeKnown, isOfMinter: true, isKnownNonce: true },
      ...{ creationTime: record.creationTime, expiryTime: record.expiryTime },
      ...(inputs.origin && { marker: { origin: inputs.origin, nonce: inputs.nonce } }),
      ...ofRole(known),
      ...{ kind: gone ? "dead" : kindOf(known.role), unseen: !gone && !seen.alive?.has(record.tokenId), unsure: false },
    });
  }
  return rows;
}

/** What the state tells of every resource there, finished or not. */
function statesOn({ tokens, nonces }: ExportedState, host: string): TokenState[] {
  const unfinished = nonces.flatMap(({ inputs }) =>
    inputs ? [{ inputs, owner: "", unfinished: [], candidates: [], retiring: [] }] : [],
  );
  return [...tokens.map(({ state }) => state), ...unfinished].filter(({ inputs }) => inputs.host === host);
}

/**
 * By the provider's own judgement of what its sweep may revoke. `origin`: its marker's, which after a rename may be a
 * name that the resource has not taken yet.
 */
function isLostBy(held: TokenState, listed: WorkspaceTokenInfo, origin: TokenOrigin, seen: Seen): boolean {
  const { now, operationMs = DEFAULT_LIMITS.operationMs } = seen;
  const attempts = attemptsIn(held, operationMs, { ...held.inputs, origin });
  return judge(withoutProof(listed), attempts, landed(listed, now, operationMs)) !== "unclaimed";
}

/**
 * A run that was killed may have proved the token just before: on the day of its making nobody else can have used one that
 * is lost.
 */
function withoutProof({ lastUsedDay, ...listed }: WorkspaceTokenInfo): WorkspaceTokenInfo {
  const isLater = lastUsedDay !== undefined && lastUsedDay - listed.creationTime > PROOF_MS;
  return isLater ? { ...listed, lastUsedDay } : listed;
}

/** What may be in flight is judged as if it had landed: it is shown for what it will be, and left alone until then. */
const landed = ({ creationTime }: WorkspaceTokenInfo, now: number, operationMs: number): number =>
  Math.max(now, creationTime + operationMs);

/** A workspace may cut comments or change their case: as long as the nonce can be told from what is left, it is ours. */
function ofCutMarker(
  listed: WorkspaceTokenInfo,
  resources: readonly TokenState[],
  { isOfMinter }: Pick<Row, "isOfMinter">,
  { now, operationMs = DEFAULT_LIMITS.operationMs }: Seen,
): Pick<Row, "kind" | "isKnownNonce"> {
  // Few look like one: of all tokens with all resources it would take minutes.
  const judged = /\[pulumi /i.test(listed.comment)
    ? resources.map((held) =>
        judge(withoutProof(listed), attemptsIn(held, operationMs), landed(listed, now, operationMs)),
      )
    : [];
  if (judged.every((judgement) => judgement === "none")) return { kind: "not-ours", isKnownNonce: false };
  return { kind: isOfMinter && judged.includes("lost") ? "orphan" : "unclaimed", isKnownNonce: true };
}

const kindOf = (role: Role): Kind => (role === "retiring" ? "retiring" : "managed");

type Held = NonNullable<Row["held"]>;

const ofRole = (held: Held): Pick<Row, "held" | "until"> => ({
  held,
  ...(held.role === "retiring" && held.record.revokeAfter !== undefined && { until: held.record.revokeAfter }),
});

/** Every token that the state has on a workspace. */
export function heldOn({ tokens }: ExportedState, host: string): Held[] {
  const records = (token: HeldToken, role: Role, list: readonly TokenRecord[]): Held[] =>
    list.map((record) => ({ role, token, record }));
  return tokens
    .filter(({ state }) => state.inputs.host === host)
    .flatMap((token) => [
      ...records(token, "current", token.state.current ? [token.state.current] : []),
      ...records(token, "candidate", token.state.candidates),
      ...records(token, "retiring", token.state.retiring),
    ]);
}
