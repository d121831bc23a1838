import { isDeepStrictEqual } from "node:util";
import { isExpired, rotatesAt, scheduleOf } from "./schedule";
import type { TokenInputs, TokenRecord, TokenState } from "./state";
import { isUnfinished } from "./unfinished";

/** What is due for a token. Pure: judged by the clock that is handed in. */

/** Why a new token is needed in place; empty: it isn't. */
export function rotationReasons(state: TokenState, desired: TokenInputs, now: number): string[] {
  const { current, inputs } = state;
  if (!current) return ["it has no proved token yet"];
  const schedule = scheduleOf(desired);
  const due = rotatesAt(current, schedule);
  const reasons: string[] = [];
  if (isExpired(current, now)) reasons.push("the token has expired");
  else if (schedule.rotateEverySeconds > 0 && due <= now) reasons.push("the schedule says so");
  if (isUnfinished(state, "current-gone")) reasons.push("the token was revoked elsewhere");
  if (!sameTriggers(inputs.triggers, desired.triggers)) reasons.push("triggers changed");
  if (scheduleOf(inputs).lifetimeSeconds !== schedule.lifetimeSeconds) reasons.push("lifetimeSeconds changed");
  if ((inputs.autoscopeEnabled ?? false) !== (desired.autoscopeEnabled ?? false))
    reasons.push("autoscopeEnabled changed");
  if (inputs.scopes && !desired.scopes) reasons.push("scopes were removed");
  return reasons;
}

/** Tokens whose overlap is over. */
export function retirementsDue(retiring: readonly TokenRecord[], now: number): TokenRecord[] {
  return retiring.filter((token) => (token.revokeAfter ?? 0) <= now);
}

/** What a PATCH has to change; undefined: nothing. */
export function patchNeeded(
  applied: Pick<TokenInputs, "comment" | "scopes">,
  desired: TokenInputs,
): { comment?: string; scopes?: readonly string[] } | undefined {
  const comment = (applied.comment ?? "") !== (desired.comment ?? "");
  const scopes = desired.scopes !== undefined && !sameScopes(applied.scopes, desired.scopes);
  if (!comment && !scopes) return undefined;
  return { ...(comment && { comment: desired.comment ?? "" }), ...(scopes && { scopes: desired.scopes }) };
}

/** Inputs that are only written down: they change outputs, never the token. */
export function bookkeepingChanged(applied: TokenInputs, desired: TokenInputs): boolean {
  const keys = ["rotateEverySeconds", "overlapSeconds", "allowTokenMinting", "workspace"] as const;
  return keys.some((key) => !isDeepStrictEqual(applied[key], desired[key]));
}

/** Whether `desired` takes away a scope that `applied` has; none at all is every scope. */
export function narrows(applied: readonly string[] | undefined, desired: readonly string[]): boolean {
  return !applied || applied.some((scope) => !desired.includes(scope));
}

export const sameTriggers = (a: TokenInputs["triggers"], b: TokenInputs["triggers"]): boolean =>
  isDeepStrictEqual(a ?? {}, b ?? {});

export function sameScopes(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  return isDeepStrictEqual(new Set(a ?? []), new Set(b ?? []));
}
