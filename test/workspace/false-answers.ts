import {
  type Answer,
  deadCredential,
  denied,
  failure,
  loginPage,
  noCredential,
  noSuchCall,
  ok,
  page,
  unknownToken,
} from "./answer";
import type { Call } from "./calls";
import type { Fault } from "./faults";

/** `now`: epoch ms of the workspace's clock. */
type Lie = (fault: Fault, call: Call, now: number) => Answer;

const LIES = {
  /** Whatever `status`, `body` and `headers` say; 503 with nothing. */
  status: () => ({ status: 503, body: "" }),
  "server-error": () => failure(503, "TEMPORARILY_UNAVAILABLE", "The service is temporarily unavailable"),
  "html-error": () => page(502, "Error 502 Bad Gateway"),
  throttle: ({ retryAfter = 1, retryAfterDate = false }, _, now) => ({
    ...failure(429, "REQUEST_LIMIT_EXCEEDED", "Too many requests"),
    headers: { "retry-after": retryAfterDate ? new Date(now + retryAfter * 1000).toUTCString() : String(retryAfter) },
  }),
  "not-json": () => ({ status: 200, body: "not json at all", headers: { "content-type": "text/plain" } }),
  "html-login": loginPage,
  "redirect-login": () => redirect("/login.html?next_url=%2Fapi"),
  "private-link": () => redirect("/login.html?error=private-link-validation-error"),
  "empty-object": () => ok(),
  /** The same for a change: it says that it is done, and nothing is. */
  "no-effect": () => ok(),
  "empty-list": () => ok({ token_infos: [] }),
  unauthorized: noCredential,
  "numeric-403": deadCredential,
  "permission-denied": () => denied("You are not allowed to do this"),
  "not-found": (_, { about = "" }) => unknownToken(about),
  /** What a workspace says that doesn't have the call. */
  "no-such-call": (_, { method, path }) => noSuchCall(method, path),
} satisfies Record<string, Lie>;

export type FalseAnswer = keyof typeof LIES;

/** What a fault answers in place of the true answer; undefined where it gives none. */
export function falseAnswer(fault: Fault, call: Call, now: number): Answer | undefined {
  const lie = (LIES as Record<string, Lie>)[fault.kind];
  if (!lie) return undefined;
  const { status, body, headers } = lie(fault, call, now);
  const date = fault.dateAheadMs !== undefined && { date: new Date(now + fault.dateAheadMs).toUTCString() };
  return {
    status: fault.status ?? status,
    body: fault.body ?? body,
    headers: { ...headers, ...date, ...fault.headers },
  };
}

function redirect(location: string): Answer {
  return { status: 302, body: "", headers: { location } };
}
