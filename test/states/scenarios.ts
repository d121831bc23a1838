import { hours } from "../../provider/token/schedule";
import { CALLS } from "../faults/steps";
import type { Step } from "../faults/world";

/** How each recorded state came to be: what a user and a workspace did, in order. `record.ts` plays these. */

const UP: Step = { do: "up" };
const ROTATE: Step = { do: "wish", args: { triggers: { release: "2" }, overlapSeconds: hours(2) } };
/** Longer than any operation waits for a new token to work, or for a revoked one to die. */
const TOO_SLOW = 3_600;

export const SCENARIOS: Readonly<Record<string, readonly Step[]>> = {
  plain: [{ do: "wish", args: { comment: "nightly job", scopes: ["jobs"] } }, UP],
  /** A replaced token, and after it one that could not be proved. */
  "retiring-and-candidates": [
    UP,
    ROTATE,
    UP,
    { do: "wish", args: { triggers: { release: "3" }, overlapSeconds: hours(2) } },
    { do: "slow", work: TOO_SLOW },
    UP,
  ],
  "creation-unknown": [
    { do: "fault", fault: { ...CALLS.create, kind: "close", when: "after" } },
    { do: "fault", fault: { ...CALLS.list, kind: "server-error", times: 999 } },
    { do: "fault", fault: { ...CALLS.create, kind: "permission-denied", times: 999 } },
    UP,
  ],
  "not-proved": [{ do: "slow", work: TOO_SLOW }, UP],
  "too-wide": [
    { do: "wish", args: { scopes: ["jobs"] } },
    { do: "grant", what: "every-scope" },
    { do: "fault", fault: { ...CALLS.delete, kind: "server-error", times: 999 } },
    { do: "fault", fault: { ...CALLS.admin, kind: "server-error", times: 999 } },
    UP,
  ],
  "patch-refused": [
    { do: "wish", args: { comment: "a" } },
    UP,
    { do: "fault", fault: { ...CALLS.patch, kind: "permission-denied", times: 999 } },
    { do: "wish", args: { comment: "b" } },
    UP,
  ],
  "current-gone": [UP, { do: "elsewhere", what: "revoke" }, { do: "refresh" }],
  "revocation-not-confirmed": [UP, ROTATE, UP, { do: "wait", hours: 3 }, { do: "slow", die: TOO_SLOW }, UP],
};
