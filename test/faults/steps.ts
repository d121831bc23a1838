import fc from "fast-check";
import { days, hours } from "../../provider/token/schedule";
import type { Fault, FaultKind } from "../workspace";
import type { Step } from "./world";

/** The sequences that the suite tries: what a workspace, a network, a clock and people may do, in any order. */

export const CALLS = {
  create: { method: "POST", path: "/api/2.0/token/create" },
  list: { method: "GET", path: "/api/2.0/token/list" },
  delete: { method: "POST", path: "/api/2.0/token/delete" },
  patch: { method: "PATCH", path: /^\/api\/2\.0\/token\/[^/]+$/ },
  me: { method: "GET", path: "/api/2.0/preview/scim/v2/Me" },
  admin: { path: /^\/api\/2\.0\/token-management\// },
} as const;

/** Nobody can tell from these whether the call took effect. */
export const AMBIGUOUS = [
  "close",
  "reset",
  "hang",
  "half-answer",
  "not-json",
  "html-login",
  "server-error",
  "html-error",
] as const satisfies readonly FaultKind[];
/** These say that it took none, and that is true. */
export const REFUSALS = [
  "throttle",
  "redirect-login",
  "unauthorized",
  "permission-denied",
  "numeric-403",
  "empty-object",
] as const satisfies readonly FaultKind[];
/** Answers that would have an unwary reader believe that something is gone. */
export const LIES = ["not-found", "no-effect", "empty-list", "no-such-call"] as const satisfies readonly FaultKind[];

const times = fc.constantFrom(1, 1, 2, 5, 99);
const skip = fc.constantFrom(0, 0, 1, 3);

const ambiguous: fc.Arbitrary<Fault> = fc
  .record({
    call: fc.constantFrom(...Object.values(CALLS)),
    kind: fc.constantFrom(...AMBIGUOUS),
    when: fc.constantFrom("before" as const, "after" as const),
    times,
    skip,
  })
  .map(({ call, ...fault }) => ({ ...call, ...fault }));

const refused: fc.Arbitrary<Fault> = fc
  .record({ call: fc.constantFrom(...Object.values(CALLS)), kind: fc.constantFrom(...REFUSALS), times, skip })
  // A workspace that calls a living token invalid when it is asked for the proof lies about the one thing believed.
  .filter(({ call, kind }) => !(call === CALLS.me && kind === "numeric-403"))
  .map(({ call, ...fault }) => ({ ...call, ...fault }));

const lied: fc.Arbitrary<Fault> = fc
  .record({
    lie: fc.constantFrom(
      { ...CALLS.delete, kind: "not-found" },
      { ...CALLS.delete, kind: "no-effect" },
      { ...CALLS.admin, kind: "not-found" },
      { ...CALLS.list, kind: "empty-list" },
      { ...CALLS.list, kind: "empty-object" },
      { ...CALLS.patch, kind: "no-such-call" },
      { ...CALLS.patch, kind: "not-found" },
    ) as fc.Arbitrary<Fault>,
    times: fc.constantFrom(1, 1, 2, 3),
    skip,
  })
  .map(({ lie, ...rest }) => ({ ...lie, ...rest }));

export const fault: fc.Arbitrary<Fault> = fc.oneof(ambiguous, ambiguous, refused, lied);

const seconds = fc.constantFrom(0, 0, 1, 5, 20);

const wish = fc
  .record(
    {
      comment: fc.constantFrom("a", "b", ""),
      scopes: fc.constantFrom(["clusters"], ["clusters", "jobs"], ["jobs"]),
      lifetimeSeconds: fc.constantFrom(hours(12), days(2), days(30)),
      overlapSeconds: fc.constantFrom(0, 600, hours(2)),
      triggers: fc.record({ release: fc.constantFrom("1", "2", "3") }, { noNullPrototype: true }),
    },
    { requiredKeys: [], noNullPrototype: true },
  )
  .filter(({ lifetimeSeconds = days(90), overlapSeconds = 0 }) => overlapSeconds < lifetimeSeconds / 2);

export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Step>({ do: "up" }) },
  { weight: 2, arbitrary: fc.constant<Step>({ do: "refresh" }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: "destroy" }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: "up", replace: true }) },
  {
    weight: 5,
    arbitrary: fault.map((item): Step => ({ do: "fault", fault: item })),
  },
  { weight: 2, arbitrary: fc.constant<Step>({ do: "mend" }) },
  {
    weight: 2,
    arbitrary: fc.record({ list: seconds, work: seconds, die: seconds }).map((lag): Step => ({ do: "slow", ...lag })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom("every-scope" as const, "longer" as const, "as-asked" as const)
      .map((what): Step => ({ do: "grant", what })),
  },
  { weight: 4, arbitrary: fc.constantFrom(0.1, 1, 5, 24, 480).map((time): Step => ({ do: "wait", hours: time })) },
  { weight: 1, arbitrary: fc.constantFrom(0, -5, 5, 30).map((time): Step => ({ do: "clock", hours: time })) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom("admin" as const, "owner" as const, "stranger" as const, "nobody" as const)
      .map((who): Step => ({ do: "identity", who })),
  },
  { weight: 3, arbitrary: wish.map((args): Step => ({ do: "wish", args })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("revoke" as const, "comment" as const).map((what): Step => ({ do: "elsewhere", what })),
  },
  { weight: 1, arbitrary: fc.boolean().map((enabled): Step => ({ do: "tokens", enabled })) },
  {
    weight: 1,
    arbitrary: fc
      .record({
        during: fc.constantFrom("up" as const, "destroy" as const),
        death: fc.record({
          who: fc.constantFrom("plugin" as const, "cli" as const, "both" as const),
          calls: fc.integer({ min: 1, max: 8 }),
          moment: fc.constantFrom("before" as const, "after" as const),
        }),
      })
      .map((kill): Step => ({ do: "kill", ...kill })),
  },
);
