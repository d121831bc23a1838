import { rotatesAt, scheduleOf } from "./schedule";
import type { TokenRecord, TokenState } from "./state";

/** Clocks and the time that a run takes: less is not late. */
const TOLERANCE_MS = 600_000;
const DAY_MS = 86_400_000;

/**
 * Whether the last rotation came too late to keep the overlap in full: what to tell people before it happens again.
 * Pure: compares when the current token was minted with when its predecessor was due. Undefined: it came in time, or
 * nothing of it is known any more.
 */
export function lateRotation({ inputs, current, retiring }: TokenState): string | undefined {
  const schedule = scheduleOf(inputs);
  const [previous] = [...retiring].sort((a, b) => b.creationTime - a.creationTime);
  if (!current || !previous || previous.expiryTime < 0 || schedule.rotateEverySeconds === 0) return undefined;
  // A token that was granted for less lives its overlap shorter: that is told when it is minted.
  const lastMoment =
    previous.expiryTime - schedule.overlapSeconds * shrinkOf(previous, schedule.lifetimeSeconds) * 1000;
  if (current.creationTime <= lastMoment + TOLERANCE_MS) return undefined;
  const due = rotatesAt(previous, schedule);
  const days = (ms: number): string => `${Math.round((ms / DAY_MS) * 10) / 10} days`;
  const overlap = Math.max(0, previous.expiryTime - current.creationTime);
  return (
    `The last rotation of "${inputs.origin.name}" ran ${days(current.creationTime - due)} after it was due, so the token ` +
    `before it had ${days(overlap)} of overlap left instead of ${days(schedule.overlapSeconds * 1000)}. Run \`pulumi up\` ` +
    `at least every ${days(Math.max(0, lastMoment - due))}, or rotate earlier: lifetimeSeconds - rotateEverySeconds - ` +
    "overlapSeconds is the time that a run may be late"
  );
}

function shrinkOf({ creationTime, expiryTime }: TokenRecord, lifetimeSeconds: number): number {
  return Math.min(1, (expiryTime - creationTime) / 1000 / lifetimeSeconds);
}
