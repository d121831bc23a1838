import { type Properties, UNKNOWN } from "../pulumi/wire";
import { bookkeepingChanged, patchNeeded, retirementsDue, rotationReasons } from "./due";
import { lateRotation } from "./late";
import { readInputs, readState } from "./state";

/**
 * Compares what was applied (the old outputs) with what is desired, and with the clock. Makes no call. Only another host
 * replaces; everything else happens in place. Warns of runs that come too rarely for the schedule.
 */
export function diff(
  olds: Properties,
  news: Properties,
  now: number,
  warn: (message: string) => void = () => undefined,
): { changes: boolean; replaces: string[] } {
  const state = readState(olds);
  const late = lateRotation(state);
  if (late) warn(late);
  // The engine asks with whole inputs unknown when it is about to delete what they come from: revoke before that.
  if (news["workspace"] === UNKNOWN) return { changes: true, replaces: ["workspace"] };
  const desired = readInputs(news);
  if (desired.host !== UNKNOWN && desired.host !== state.inputs.host) return { changes: true, replaces: ["host"] };
  const changes =
    hasUnknown(desired) ||
    state.unfinished.length > 0 ||
    state.candidates.length > 0 ||
    rotationReasons(state, desired, now).length > 0 ||
    retirementsDue(state.retiring, now).length > 0 ||
    patchNeeded(state.inputs, desired) !== undefined ||
    bookkeepingChanged(state.inputs, desired);
  return { changes, replaces: [] };
}

function hasUnknown(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(hasUnknown);
}
