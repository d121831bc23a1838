/**
 * When a token is due for rotation and how long it lives on after it. Pure: times in, times out.
 * The constants belong to version 1 of the state: a default is computed, never stored, so it can't change.
 */

export const DAY_SECONDS = 86_400;
/** 90 days. */
export const DEFAULT_LIFETIME_SECONDS = 90 * DAY_SECONDS;
/** Longest lifetime accepted, in seconds: 2^31. */
export const MAX_LIFETIME_SECONDS = 2 ** 31;

/** `n` days in seconds. */
export const days = (n: number): number => n * DAY_SECONDS;
/** `n` hours in seconds. */
export const hours = (n: number): number => n * 3_600;

export interface ScheduleInputs {
  readonly lifetimeSeconds?: number;
  readonly rotateEverySeconds?: number;
  readonly overlapSeconds?: number;
}

export interface Schedule {
  readonly lifetimeSeconds: number;
  /** 0: only once the token is dead. */
  readonly rotateEverySeconds: number;
  readonly overlapSeconds: number;
}

/**
 * The schedule with its defaults: two thirds of the lifetime to a rotation, a third of overlap. Where only one of
 * the two is given, the other's default gives way, so that both fit into the lifetime.
 */
export function scheduleOf(inputs: ScheduleInputs): Schedule {
  const lifetimeSeconds = inputs.lifetimeSeconds ?? DEFAULT_LIFETIME_SECONDS;
  const third = Math.floor(lifetimeSeconds / 3);
  const twoThirds = Math.floor((lifetimeSeconds * 2) / 3);
  const rotateEverySeconds =
    inputs.rotateEverySeconds ?? Math.min(twoThirds, Math.max(1, lifetimeSeconds - (inputs.overlapSeconds ?? third)));
  const overlapSeconds = inputs.overlapSeconds ?? Math.min(third, Math.max(0, lifetimeSeconds - rotateEverySeconds));
  return { lifetimeSeconds, rotateEverySeconds, overlapSeconds };
}

/** Creation and expiry of a token, epoch milliseconds; expiry -1 = never. */
export interface Lifespan {
  readonly creationTime: number;
  readonly expiryTime: number;
}

export const isExpired = (token: Lifespan, now: number): boolean => token.expiryTime >= 0 && token.expiryTime <= now;

/**
 * The moment from which a rotation is due, epoch milliseconds; -1 = never. It comes a tenth of the period (at most
 * a day) early, so that a cron of the same period is never "not yet". A workspace that granted less than was asked
 * for shrinks the period with it.
 */
export function rotatesAt(token: Lifespan, schedule: Schedule): number {
  if (schedule.rotateEverySeconds === 0) return token.expiryTime;
  const granted = token.expiryTime < 0 ? Number.POSITIVE_INFINITY : (token.expiryTime - token.creationTime) / 1000;
  const shrink = Math.min(1, granted / schedule.lifetimeSeconds);
  const period = schedule.rotateEverySeconds * shrink;
  return Math.floor(token.creationTime + (period - Math.min(period / 10, DAY_SECONDS)) * 1000);
}

/** When a token that was replaced at `now` is to be revoked: after its overlap, never later than its own expiry. */
export function revokeAfter(token: Lifespan, schedule: Schedule, now: number): number {
  const end = now + schedule.overlapSeconds * 1000;
  return token.expiryTime < 0 ? end : Math.min(end, token.expiryTime);
}
