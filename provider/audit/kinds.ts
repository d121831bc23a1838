import type { TokenOrigin } from "../pulumi/origin";
import { DEFAULT_LIMITS } from "../session/context";
import { attemptsIn, judge } from "../token/lost";
import { parseComment } from "../token/marker";
import { isExpired } from "../token/schedule";
import { ownersOf, type TokenRecord, type TokenState } from "../token/state";
import type { WorkspaceTokenInfo } from "../workspace";
import { type ExportedState, type StateToken, sameStack } from "./exported-state";
import type { Kind, Role, Row, TokenListing } from "./rows";

/** Whose token is it? Pure: an exported state and listings in, one row a token out. */

/** The last use is known by its day alone. */
export const PROOF_MS = 86_400_000;

/** Every token of the workspaces that were seen, and of the state on those. */
export function classify(state: ExportedState, workspaces: readonly TokenListing[]): Row[] {
  return workspaces.flatMap((tokenListing) => classifyOn(state, tokenListing));
}

function classifyOn(state: ExportedState, tokenListing: TokenListing): Row[] {
  const { host, now, isTimeKnown } = tokenListing;
  const inState = new Map(tokensInState(state, host).map((item) => [item.record.tokenId, item]));
  const resources = Map.groupBy(statesOn(state, host), ({ inputs }) => inputs.nonce);
  const nonces = new Set(state.nonces.filter((known) => known.host === host).map(({ nonce }) => nonce));
  const sealed = new Set([
    ...state.unreadable,
    ...state.tokens.filter((token) => token.sealed).map(({ state }) => state.inputs.nonce),
  ]);
  const here = state.tokens.filter((token) => token.state.inputs.host === host);
  const minters = new Set([...tokenListing.signedInAs, ...here.flatMap((token) => [...ownersOf(token.state)])]);
  const listedIds = new Set(tokenListing.tokens.map(({ tokenId }) => tokenId));
  const rows = tokenListing.tokens.map((listed): Row => {
    const { comment, origin, nonce } = parseComment(listed.comment);
    const known = inState.get(listed.tokenId);
    const { tokenId, creationTime, expiryTime } = listed;
    const unsure = !known && nonce !== undefined && sealed.has(nonce);
    const base = {
      ...{ host, tokenId, listed, comment, creationTime, expiryTime, now, isTimeKnown, unseen: false, unsure },
      // A list of one's own names nobody else.
      ...{ owner: listed.owner, isOfMinter: tokenListing.owners !== "all" || minters.has(listed.owner) },
      isKnownNonce: nonce !== undefined && nonces.has(nonce),
      ...(origin && nonce !== undefined && { marker: { origin, nonce } }),
    };
    if (known) return { ...base, ...ofRole(known), kind: isExpired(listed, now) ? "dead" : kindOf(known.role) };
    if (!origin || nonce === undefined)
      return { ...base, ...ofCutMarker(listed, [...resources.values()].flat(), base, tokenListing) };
    // A copy of this state in another stack has the same nonces: the marker's stack tells them apart.
    if (!state.stacks.some((own) => sameStack(own, origin))) return { ...base, kind: "other-stack" };
    if (unsure) return { ...base, kind: "retiring" };
    const isLost =
      base.isOfMinter &&
      (resources.get(nonce) ?? []).some((inState) => isLostBy(inState, listed, origin, tokenListing));
    return { ...base, kind: isLost ? "orphan" : "unclaimed" };
  });
  for (const known of inState.values()) {
    const { record, token } = known;
    if (listedIds.has(record.tokenId)) continue;
    const { inputs } = token.state;
    const owner = record.minter?.userName ?? token.state.owner;
    const gone = isExpired(record, now) || tokenListing.refused.has(record.tokenId);
    rows.push({
      ...{ host, tokenId: record.tokenId, owner, comment: inputs.comment ?? "", now },
      ...{ isTimeKnown, isOfMinter: true, isKnownNonce: true },
      ...{ creationTime: record.creationTime, expiryTime: record.expiryTime },
      ...(inputs.origin && { marker: { origin: inputs.origin, nonce: inputs.nonce } }),
      ...ofRole(known),
      ...{
        kind: gone ? "dead" : kindOf(known.role),
        unseen: !gone && !tokenListing.alive?.has(record.tokenId),
        unsure: false,
      },
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
function isLostBy(
  inState: TokenState,
  listed: WorkspaceTokenInfo,
  origin: TokenOrigin,
  tokenListing: TokenListing,
): boolean {
  const { now, operationMs = DEFAULT_LIMITS.operationMs } = tokenListing;
  const attempts = attemptsIn(inState, operationMs, { ...inState.inputs, origin });
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
  { now, operationMs = DEFAULT_LIMITS.operationMs }: TokenListing,
): Pick<Row, "kind" | "isKnownNonce"> {
  // Few look like one: of all tokens with all resources it would take minutes.
  const judged = /\[pulumi /i.test(listed.comment)
    ? resources.map((inState) =>
        judge(withoutProof(listed), attemptsIn(inState, operationMs), landed(listed, now, operationMs)),
      )
    : [];
  if (judged.every((judgement) => judgement === "none")) return { kind: "not-ours", isKnownNonce: false };
  return { kind: isOfMinter && judged.includes("lost") ? "orphan" : "unclaimed", isKnownNonce: true };
}

const kindOf = (role: Role): Kind => (role === "retiring" ? "retiring" : "managed");

type InState = NonNullable<Row["inState"]>;

const ofRole = (inState: InState): Pick<Row, "inState" | "until"> => ({
  inState,
  ...(inState.role === "retiring" && inState.record.revokeAfter !== undefined && { until: inState.record.revokeAfter }),
});

/** Every token that the state has on a workspace. */
export function tokensInState({ tokens }: ExportedState, host: string): InState[] {
  const records = (token: StateToken, role: Role, list: readonly TokenRecord[]): InState[] =>
    list.map((record) => ({ role, token, record }));
  return tokens
    .filter(({ state }) => state.inputs.host === host)
    .flatMap((token) => [
      ...records(token, "current", token.state.current ? [token.state.current] : []),
      ...records(token, "candidate", token.state.candidates),
      ...records(token, "retiring", token.state.retiring),
    ]);
}
