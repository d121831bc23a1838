import type { TokenOrigin } from "../pulumi/origin";
import { isKnown, type Minter } from "../session/minter";
import type { TokenState } from "./state";

/** Stable codes of what is left to do; an `up` finishes it, a destroy ends it. */
export type UnfinishedCode =
  | "creation-unknown"
  | "not-proved"
  | "too-wide"
  | "patch-refused"
  | "current-gone"
  | "revocation-not-confirmed";

export interface Unfinished {
  readonly code: UnfinishedCode;
  /** Epoch milliseconds. */
  readonly since: number;
  /** Of `creation-unknown`, epoch milliseconds: when its first attempt was sent; `since` is when nothing was under way any more. */
  readonly from?: number;
  /** Of `creation-unknown`: who minted, and so whose tokens have to be looked at. */
  readonly minter?: Minter;
  /** Of `creation-unknown`, epoch milliseconds: until when a token that it made would live. */
  readonly until?: number;
  /** Of `creation-unknown`: the name in the marker of what it made; absent: the state's. */
  readonly origin?: TokenOrigin;
}

/** Marks `code` as left to do; its first moment stays. */
export function markUnfinished(state: TokenState, code: UnfinishedCode, since: number): void {
  if (!isUnfinished(state, code)) state.unfinished.push({ code, since });
}

/** Notes that the answer of a creation was lost: each one by itself, until its list shows that nothing of it is left. */
export function noteLostAttempt(
  state: TokenState,
  { minter, ...rest }: { from: number; since: number; until: number; minter: Minter; origin: TokenOrigin },
): void {
  state.unfinished.push({ code: "creation-unknown", ...rest, ...(isKnown(minter) && { minter }) });
}

export function clearUnfinished(state: TokenState, ...codes: UnfinishedCode[]): void {
  state.unfinished = state.unfinished.filter((item) => !codes.includes(item.code));
}

export const isUnfinished = (state: TokenState, code: UnfinishedCode): boolean =>
  state.unfinished.some((item) => item.code === code);
