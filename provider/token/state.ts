import type { TokenOrigin } from "../pulumi/origin";
import { assertSchemaVersion } from "../pulumi/schema-version";
import { type Properties, secret, unwrap } from "../pulumi/wire";
import { Secret } from "../secret";
import { distinct, type Minter } from "../session/minter";
import type { HostSource, WorkspaceInput } from "../sign-in";
import { ARGUMENTS } from "./args";
import { isExpired, rotatesAt, type ScheduleInputs, scheduleOf } from "./schedule";
import type { Unfinished } from "./unfinished";

/**
 * Version 1 of what a token keeps in Pulumi's state. Names and shapes are for ever: STATE.md lists them.
 */
export const SCHEMA_VERSION = 1;

export interface TokenInputs extends ScheduleInputs {
  readonly comment?: string;
  readonly scopes?: readonly string[];
  readonly autoscopeEnabled?: boolean;
  readonly allowTokenMinting?: boolean;
  readonly triggers?: Readonly<Record<string, unknown>>;
  readonly workspace?: WorkspaceInput;
  readonly origin: TokenOrigin;
  readonly nonce: string;
  readonly host: string;
  readonly hostSource: HostSource;
}

/** One token with its value; times in epoch milliseconds, expiry -1 = never. */
export interface TokenRecord {
  readonly tokenId: string;
  readonly tokenValue: Secret;
  readonly creationTime: number;
  readonly expiryTime: number;
  readonly revokeAfter?: number;
  /** Who minted it; absent: not known. */
  readonly minter?: Minter;
  /** Of a candidate: what was asked for; absent: not known. */
  readonly mintedWith?: MintedWith;
}

/** What a token was asked for with. */
export interface MintedWith {
  readonly lifetimeSeconds: number;
  /** The user's part. */
  readonly comment: string;
  readonly scopes?: readonly string[];
  readonly autoscopeEnabled?: boolean;
  /** Absent: none. Whoever changes a trigger asks for a token that is younger than the change. */
  readonly triggers?: Readonly<Record<string, unknown>>;
}

export interface TokenState {
  /** The inputs that hold on the server: what was applied, not what was asked. */
  inputs: TokenInputs;
  /** The proved token; absent until a first one is. */
  current?: TokenRecord;
  owner: string;
  unfinished: Unfinished[];
  /** Minted, not yet proved. */
  candidates: TokenRecord[];
  /** Replaced, alive until `revokeAfter`. */
  retiring: TokenRecord[];
}

const INPUTS = [...ARGUMENTS, "origin", "nonce", "host", "hostSource"] as const;

/** Outputs that hold a secret: marked on the wire, and named in `additionalSecretOutputs` besides. */
export const SECRET_OUTPUTS = [
  "tokenValue",
  "previousTokenValue",
  "authorizationHeader",
  "candidates",
  "retiring",
] as const;

/** The input properties among `props`, without those that are not set. */
export function readInputs(props: Properties): TokenInputs {
  const entries = INPUTS.filter((key) => props[key] !== undefined && props[key] !== null);
  return Object.fromEntries(entries.map((key) => [key, unwrap(props[key])])) as unknown as TokenInputs;
}

export function readState(props: Properties): TokenState {
  assertSchemaVersion("token", props, SCHEMA_VERSION);
  const state: TokenState = {
    inputs: readInputs(props),
    owner: String(props["owner"] ?? ""),
    unfinished: ((props["unfinished"] as Unfinished[] | undefined) ?? []).map(withMinter),
    candidates: readRecords(props["candidates"]),
    retiring: readRecords(props["retiring"]),
  };
  const value = unwrap(props["tokenValue"]);
  if (typeof value === "string" && value !== "") {
    state.current = {
      tokenId: String(props["tokenId"]),
      tokenValue: new Secret(value),
      creationTime: Number(props["creationTime"]),
      expiryTime: Number(props["expiryTime"]),
      ...(state.owner !== "" && { minter: { userName: state.owner } }),
      ...(isObject(props["minter"]) && { minter: props["minter"] as Minter }),
    };
  }
  return state;
}

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;

/** States of before named the minter by its user name alone, as `owner`. */
function withMinter<T extends { minter?: Minter }>(item: T & { owner?: string }): T {
  const { owner, ...rest } = item;
  return (rest.minter === undefined && owner ? { ...rest, minter: { userName: owner } } : rest) as T;
}

/** The outputs that Pulumi keeps: secrets marked, nothing undefined. `now` decides which token is the previous one. */
export function writeState(state: TokenState, now: number): Properties {
  const { current } = state;
  const previous = state.retiring
    .filter((token) => (token.revokeAfter ?? 0) > now && !isExpired(token, now))
    .reduce<TokenRecord | undefined>((a, b) => (a && a.creationTime > b.creationTime ? a : b), undefined);
  return {
    ...state.inputs,
    schemaVersion: SCHEMA_VERSION,
    owner: state.owner,
    unfinished: state.unfinished.map((item) => ({ ...item })),
    candidates: secret(state.candidates.map(writeRecord)),
    retiring: secret(state.retiring.map(writeRecord)),
    previousTokenId: previous?.tokenId ?? "",
    previousTokenValue: secret(previous?.tokenValue.reveal() ?? ""),
    ...(current && {
      tokenId: current.tokenId,
      tokenValue: secret(current.tokenValue.reveal()),
      authorizationHeader: secret(`Bearer ${current.tokenValue.reveal()}`),
      creationTime: current.creationTime,
      expiryTime: current.expiryTime,
      expiresAt: timestamp(current.expiryTime),
      rotatesAt: timestamp(rotatesAt(current, scheduleOf(state.inputs))),
      ...(current.minter && { minter: { ...current.minter } }),
    }),
  };
}

/** Ids of every token that the state knows. */
export const knownIds = (state: TokenState): Set<string> =>
  new Set([...(state.current ? [state.current] : []), ...state.candidates, ...state.retiring].map((t) => t.tokenId));

/** Everybody who minted, or may have minted, a token of this resource. */
export function mintersOf(state: TokenState): Minter[] {
  const items = [
    ...(state.current ? [state.current] : []),
    ...state.unfinished,
    ...state.candidates,
    ...state.retiring,
  ];
  return distinct(items.flatMap(({ minter }) => minter ?? []));
}

/** Their user names, as far as they are known. */
export const ownersOf = (state: TokenState): Set<string> =>
  new Set(mintersOf(state).flatMap(({ userName }) => userName ?? []));

const LAST_DATE_MS = 8.64e15;

/** RFC 3339; `never`, and what no date can say, is the empty string. */
export const timestamp = (time: number): string =>
  time >= 0 && time <= LAST_DATE_MS ? new Date(time).toISOString() : "";

function writeRecord({ tokenValue, ...rest }: TokenRecord): Properties {
  return { ...rest, tokenValue: tokenValue.reveal() };
}

function readRecords(value: unknown): TokenRecord[] {
  const records = (unwrap(value) as Array<Omit<TokenRecord, "tokenValue"> & { tokenValue: string }> | undefined) ?? [];
  return records.map((record) => ({
    ...withMinter(record),
    tokenValue: new Secret(String(unwrap(record.tokenValue))),
  }));
}
