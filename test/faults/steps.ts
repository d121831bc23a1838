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

/** What gateways say, whatever happened behind them. */
export const WORDINGS = [
  { error_code: "RESOURCE_EXHAUSTED", message: "Too many requests" },
  { error_code: "QUOTA_EXCEEDED", message: "The quota of 600 tokens per user is reached" },
  { error_code: "PERMISSION_DENIED", message: "User does not have permission to use tokens" },
  { error_code: "INVALID_PARAMETER_VALUE", message: "The lifetime is too long" },
  { error_code: "RESOURCE_DOES_NOT_EXIST", message: "No valid token found" },
  "<!doctype html><html><head><title>Sign in</title></head><body>login</body></html>",
  "",
] as const;

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

const whichCall = fc.constantFrom(...Object.values(CALLS));
const when = fc.constantFrom("before" as const, "after" as const);

/** Texts that speak of something else than the status does: a gateway writes what it likes. */
const gateway: fc.Arbitrary<Fault> = fc
  .record({
    call: whichCall,
    kind: fc.constant("status" as const),
    status: fc.constantFrom(408, 499, 500, 502, 503, 504),
    body: fc.constantFrom<unknown>(...WORDINGS),
    when,
    times,
    skip,
  })
  .map(({ call, ...rest }) => ({ ...call, ...rest }));

/** Somebody's page, with somebody's clock. */
const dated: fc.Arbitrary<Fault> = fc
  .record({
    call: whichCall,
    kind: fc.constantFrom("html-error" as const, "server-error" as const),
    dateAheadMs: fc.constantFrom(40, -40, 1, -1).map((ahead) => ahead * days(1) * 1000),
    headers: fc.constantFrom<Record<string, string>>({}, { age: "86400" }),
    when,
    times,
    skip,
  })
  .map(({ call, ...rest }) => ({ ...call, ...rest }));

/** Lists that lag by another time at each call. */
const varying: fc.Arbitrary<Fault> = fc
  .record({ listLagMs: fc.constantFrom(0, 400, 1_500, 20_000), times, skip })
  .map(({ listLagMs, ...rest }) => ({ ...CALLS.list, kind: "as-if", settings: { listLagMs }, ...rest }));

const repeated: fc.Arbitrary<Fault> = fc
  .record({ times: fc.constantFrom(1, 1, 2), skip })
  .map((rest) => ({ ...CALLS.create, kind: "repeat", ...rest }));

export const fault: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 6, arbitrary: ambiguous },
  { weight: 3, arbitrary: refused },
  { weight: 3, arbitrary: lied },
  { weight: 2, arbitrary: gateway },
  { weight: 1, arbitrary: dated },
  { weight: 1, arbitrary: varying },
  { weight: 1, arbitrary: repeated },
);

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
      .constantFrom(
        "admin" as const,
        "owner" as const,
        "owner" as const,
        "stranger" as const,
        "nobody" as const,
        "mute" as const,
      )
      .map((who): Step => ({ do: "identity", who })),
  },
  { weight: 3, arbitrary: wish.map((args): Step => ({ do: "wish", args })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("revoke" as const, "comment" as const).map((what): Step => ({ do: "elsewhere", what })),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ do: "copy" }) },
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
