import { DAY_SECONDS, isExpired, type Lifespan, rotatesAt, scheduleOf } from "../token/schedule";
import type { Row } from "./rows";

/** What is to be said of a token besides its kind. Pure. */

const DAY_MS = DAY_SECONDS * 1000;
/** A token that expires this soon is expiring, unless it is rotated before. */
export const EXPIRING_MS = 7 * DAY_MS;
/** The service revokes a token that nobody used for 90 days. */
export const IDLE_MS = 60 * DAY_MS;
export const LONG_MS = 90 * DAY_MS;
/** The two times of a token of 90 days need not be of one moment. */
const LONG_SLACK_MS = 60_000;

export type Flag =
  | "expiring"
  | "expired"
  | "rotation-due"
  | "rotation-overdue"
  | "retirement-due"
  | "unfinished"
  | "to-be-deleted"
  | "idle"
  | "can-mint"
  | "long-lived"
  | "not-seen"
  | "not-sure";

/** What no date can say is never. */
const LAST_DATE_MS = 8.64e15;

/** Days since the creation; undefined: the workspace did not say. */
export const ageDays = ({ creationTime, now }: Row): number | undefined =>
  creationTime > 0 ? Math.max(0, Math.floor((now - creationTime) / DAY_MS)) : undefined;

/** Whole days left, below 0 once it has expired; undefined: it never expires. */
export const daysLeft = ({ expiryTime, now }: Row): number | undefined =>
  expiryTime < 0 || expiryTime > LAST_DATE_MS ? undefined : Math.floor((expiryTime - now) / DAY_MS);

/** Still listed, though nobody can sign in with it any more. */
export const isOver = ({ expiryTime, creationTime, now }: Row): boolean => isExpired({ creationTime, expiryTime }, now);

export function flagsOf(row: Row): Flag[] {
  const { kind, inState, listed, now, expiryTime, creationTime } = row;
  const flags: Flag[] = [];
  const alive = kind !== "dead";
  if (alive && isOver(row)) flags.push("expired");
  else if (alive && expiryTime >= 0 && expiryTime - now <= EXPIRING_MS && !isRotatedBefore(row)) flags.push("expiring");
  if (inState?.role === "current" && !inState.token.toBeDeleted)
    flags.push(...rotationOf(row, inState.token.state.inputs));
  if (alive && row.until !== undefined && row.until <= now) flags.push("retirement-due");
  if (
    inState &&
    inState.role !== "retiring" &&
    (inState.role === "candidate" || inState.token.state.unfinished.length > 0)
  )
    flags.push("unfinished");
  if (inState?.token.toBeDeleted) flags.push("to-be-deleted");
  if (alive && isIdle(row)) flags.push("idle");
  if (alive && listed?.scopes?.includes("authentication")) flags.push("can-mint");
  const lives = expiryTime < 0 ? Number.POSITIVE_INFINITY : expiryTime - creationTime;
  if (alive && (expiryTime < 0 || creationTime > 0) && lives > LONG_MS + LONG_SLACK_MS) flags.push("long-lived");
  if (row.unseen) flags.push("not-seen");
  if (row.unsure) flags.push("not-sure");
  return flags;
}

/** What the schedule will rotate in time is fine, however soon it expires. By what was granted, as the provider judges. */
function isRotatedBefore({ inState, now, expiryTime }: Row): boolean {
  if (inState?.role !== "current" || inState.token.toBeDeleted) return false;
  const schedule = scheduleOf(inState.token.state.inputs);
  const due = rotatesAt(inState.record, schedule);
  return schedule.rotateEverySeconds > 0 && due > now && due < expiryTime;
}

/** Overdue: not even its whole period was kept, or it is dead. */
function rotationOf(row: Row, inputs: Parameters<typeof scheduleOf>[0]): Flag[] {
  if (row.kind === "dead") return ["rotation-overdue"];
  const schedule = scheduleOf(inputs);
  if (schedule.rotateEverySeconds === 0) return [];
  const span: Lifespan = row.inState?.record ?? row;
  if (rotatesAt(span, schedule) > row.now) return [];
  const granted = span.expiryTime < 0 ? Number.POSITIVE_INFINITY : (span.expiryTime - span.creationTime) / 1000;
  const period = schedule.rotateEverySeconds * Math.min(1, granted / schedule.lifetimeSeconds);
  return [span.creationTime + period * 1000 <= row.now ? "rotation-overdue" : "rotation-due"];
}

/** Only an administrator's listing says when a token was used last; one that never was counts from its creation. */
function isIdle({ listed, creationTime, now }: Row): boolean {
  if (!listed?.usageKnown) return false;
  const since = listed.lastUsedDay ?? creationTime;
  return since > 0 && now - since >= IDLE_MS;
}
