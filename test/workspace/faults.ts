import type { Call } from "./calls";
import type { BrokenConnection } from "./connection";
import type { FalseAnswer } from "./false-answers";
import type { Change } from "./settings";

/**
 * `slow` gives the true answer late. `as-if` gives the answer of a workspace with other settings. A broken connection
 * and a false answer come in place of the true one. `repeat` is a
 * gateway that sends a call twice: it takes effect twice, and the second answer is given.
 */
export type FaultKind = "slow" | "as-if" | "repeat" | BrokenConnection | FalseAnswer;

/** What goes wrong, and for which calls: those that all of method, path, identity, signedInWith and about admit. */
export interface Fault {
  readonly kind: FaultKind;
  readonly method?: string;
  /** The whole path without the query, or a pattern for it. */
  readonly path?: string | RegExp;
  /** User name of a caller who is let in. */
  readonly identity?: string;
  /** Id of the token that the caller signs in with, alive or not. */
  readonly signedInWith?: string;
  /** Id of the token that the call's path or body names. */
  readonly about?: string;
  /** How many calls it hits. @default 1; infinity: for ever */
  readonly times?: number;
  /** How many calls it lets pass first. @default 0 */
  readonly skip?: number;
  /** `before`: the call takes no effect (`slow`: takes it late). @default "before" */
  readonly when?: "before" | "after";
  /** Real time, for any kind: waits so long, before or after the effect. @default 1000 for slow, else 0 */
  readonly delayMs?: number;
  /** Instead of a time: waits until then, before or after the effect. */
  readonly until?: Promise<unknown>;
  /** Of a false answer, instead of the kind's own; `body` is JSON unless it is a text. */
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** Of a false answer: how far its `Date` is ahead of the workspace's clock, in milliseconds. */
  readonly dateAheadMs?: number;
  /** For `throttle`: seconds (`retryAfterDate`: sent as an HTTP date by the workspace's clock). @default 1 */
  readonly retryAfter?: number;
  readonly retryAfterDate?: boolean;
  /** How the workspace behaves in that call: with `as-if`, or with another kind whose call takes effect. */
  readonly settings?: Change;
}

/** A fault that is on. */
export interface Standing {
  readonly fault: Fault;
  /** How many calls it has hit. */
  readonly hits: number;
}

/** The faults that are on, and which of them hits a call: the first that was added. */
export class Faults {
  #on: Array<{ fault: Fault; passed: number; hits: number }> = [];

  add(fault: Fault): Standing {
    const standing = { fault, passed: 0, hits: 0 };
    this.#on.push(standing);
    return standing;
  }

  clear(): void {
    this.#on = [];
  }

  take(call: Call): Fault | undefined {
    for (const item of this.#on) {
      const { times = 1, skip = 0 } = item.fault;
      if (item.hits >= times || !isMeant(item.fault, call)) continue;
      if (item.passed < skip) {
        item.passed += 1;
        continue;
      }
      item.hits += 1;
      return item.fault;
    }
    return undefined;
  }
}

function isMeant({ path, ...fault }: Fault, call: Call): boolean {
  const same = (key: "method" | "identity" | "signedInWith" | "about"): boolean =>
    fault[key] === undefined || fault[key] === call[key];
  // A pattern with the flag g would remember where it stopped.
  const there = path === undefined || (typeof path === "string" ? path === call.path : call.path.search(path) >= 0);
  return there && same("method") && same("identity") && same("signedInWith") && same("about");
}
