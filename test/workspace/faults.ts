import { type Answer, failure, LOGIN_PAGE } from "./answer";

export type FaultKind =
  | "close"
  | "reset"
  | "hang"
  | "half-answer"
  | "not-json"
  | "html-login"
  | "redirect-login"
  | "private-link"
  | "status"
  | "slow"
  | "empty-list"
  | "numeric-403"
  | "no-effect";

export interface Fault {
  readonly method?: string;
  readonly path?: string | RegExp;
  /** User name of the caller. */
  readonly identity?: string;
  readonly kind: FaultKind;
  /** How many calls it hits; default 1. */
  readonly times?: number;
  /** How many calls it lets pass first. */
  readonly skip?: number;
  /** Before or after the call took effect; default before. */
  readonly when?: "before" | "after";
  readonly status?: number;
  readonly body?: string;
  readonly headers?: Record<string, string>;
  readonly delayMs?: number;
}

/** The faults that are on, and which of them hits a call. */
export class Faults {
  #on: Array<{ fault: Fault; skip: number; left: number }> = [];

  add(fault: Fault): void {
    this.#on.push({ fault, skip: fault.skip ?? 0, left: fault.times ?? 1 });
  }

  clear(): void {
    this.#on = [];
  }

  take(method: string, path: string, identity: string | undefined): Fault | undefined {
    for (const item of this.#on) {
      const { fault } = item;
      if (item.left <= 0 || (fault.method && fault.method !== method)) continue;
      if (fault.path !== undefined && !(typeof fault.path === "string" ? fault.path === path : fault.path.test(path)))
        continue;
      if (fault.identity !== undefined && fault.identity !== identity) continue;
      if (item.skip > 0) {
        item.skip -= 1;
        continue;
      }
      item.left -= 1;
      return fault;
    }
    return undefined;
  }
}

/** What a fault answers in place of the real answer; undefined where it acts on the connection, or only delays. */
export function answerOf(fault: Fault): Answer | undefined {
  switch (fault.kind) {
    case "not-json":
      return { status: 200, body: "not json at all" };
    case "html-login":
      return { status: 200, body: LOGIN_PAGE, headers: { "content-type": "text/html" } };
    case "redirect-login":
      return { status: 302, body: "", headers: { location: "/login.html?next_url=%2Fapi" } };
    case "private-link":
      return { status: 302, body: "", headers: { location: "/login.html?error=private-link-validation-error" } };
    case "status":
      return { status: fault.status ?? 503, body: fault.body ?? "", ...(fault.headers && { headers: fault.headers }) };
    case "empty-list":
    case "no-effect":
      return { status: 200, body: {} };
    case "numeric-403":
      return failure(403, 403, "Invalid access token.");
    default:
      return undefined;
  }
}
