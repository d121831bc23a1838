import { isDeepStrictEqual } from "node:util";
import { isExpired, rotatesAt, scheduleOf } from "./schedule";
import { isUnfinished, type TokenInputs, type TokenRecord, type TokenState } from "./state";

/** What is due for a token. Pure: judged by the clock that is handed in. */

/** Why a new token is needed in place; empty: it isn't. */
export function rotationReasons(state: TokenState, wish: TokenInputs, now: number): string[] {
  const { current, inputs } = state;
  if (!current) return ["it has no proved token yet"];
  const schedule = scheduleOf(wish);
  const due = rotatesAt(current, schedule);
  const reasons: string[] = [];
  if (isExpired(current, now)) reasons.push("the token has expired");
  else if (schedule.rotateEverySeconds > 0 && due <= now) reasons.push("the schedule says so");
  if (isUnfinished(state, "current-gone")) reasons.push("the token was revoked elsewhere");
  if (!isDeepStrictEqual(inputs.triggers ?? {}, wish.triggers ?? {})) reasons.push("triggers changed");
  if (scheduleOf(inputs).lifetimeSeconds !== schedule.lifetimeSeconds) reasons.push("lifetimeSeconds changed");
  if ((inputs.autoscopeEnabled ?? false) !== (wish.autoscopeEnabled ?? false)) reasons.push("autoscopeEnabled changed");
  if (inputs.scopes && !wish.scopes) reasons.push("scopes were removed");
  return reasons;
}

/** Tokens whose overlap is over. */
export function retirementsDue(retiring: readonly TokenRecord[], now: number): TokenRecord[] {
  return retiring.filter((token) => (token.revokeAfter ?? 0) <= now);
}

/** What a PATCH has to change; undefined: nothing. */
export function patchNeeded(
  held: Pick<TokenInputs, "comment" | "scopes">,
  wish: TokenInputs,
): { comment?: string; scopes?: readonly string[] } | undefined {
  const comment = (held.comment ?? "") !== (wish.comment ?? "");
  const scopes = wish.scopes !== undefined && !sameScopes(held.scopes, wish.scopes);
  if (!comment && !scopes) return undefined;
  return { ...(comment && { comment: wish.comment ?? "" }), ...(scopes && { scopes: wish.scopes }) };
}

/** Inputs that are only written down: they change outputs, never the token. */
export function bookkeepingChanged(held: TokenInputs, wish: TokenInputs): boolean {
  const keys = ["rotateEverySeconds", "overlapSeconds", "allowTokenMinting", "workspace"] as const;
  return keys.some((key) => !isDeepStrictEqual(held[key], wish[key]));
}

/** Whether `wish` takes away a scope that `held` has; none at all is every scope. */
export function narrows(held: readonly string[] | undefined, wish: readonly string[]): boolean {
  return !held || held.some((scope) => !wish.includes(scope));
}

export function sameScopes(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  return isDeepStrictEqual(new Set(a ?? []), new Set(b ?? []));
}
