import { DatabricksTokensError } from "../errors";
import type { Secret } from "../secret";
import { type Authorization, bearer, currentUser } from "../workspace";
import { as, type TokenContext } from "./context";

/**
 * What a workspace says of a token that is shown to it. *alive*: it answered, or named a missing scope.
 * *refused*: it called the token invalid, expired or revoked. *unknown* is everything else, and decides nothing.
 */
export type Verdict = "alive" | "refused" | "unknown";

export interface Proof {
  readonly verdict: Verdict;
  /** The token's owner, where the token may ask for it. */
  readonly userName?: string;
  /** Why the verdict is not "alive". */
  readonly cause?: Error;
}

/** Signs in with the token itself. */
export const itself = (value: Secret): Authorization => bearer(value, "the token itself");

/** Shows the token to the workspace once. */
export async function prove(context: TokenContext, value: Secret, until = context.deadline): Promise<Proof> {
  try {
    const { userName } = await currentUser(as(context, itself(value), until), 0);
    return { verdict: "alive", userName };
  } catch (error) {
    const cause = error as Error;
    const code = cause instanceof DatabricksTokensError ? cause.code : undefined;
    if (code === "SCOPE_MISSING") return { verdict: "alive" };
    const isRefused = cause instanceof DatabricksTokensError && cause.saysTokenIsDead;
    return { verdict: isRefused ? "refused" : "unknown", cause };
  }
}

/** Asks again, more and more slowly, until the wanted verdict or the end of `patienceMs`; gives the last proof. */
export async function proveUntil(
  context: TokenContext,
  value: Secret,
  wanted: Verdict,
  patienceMs: number,
): Promise<Proof> {
  const until = Math.min(context.now() + patienceMs, context.deadline);
  for (let pause = 250; ; pause = Math.min(pause * 2, 5_000)) {
    const proof = await prove(context, value, until);
    if (proof.verdict === wanted || context.now() + pause >= until) return proof;
    await context.sleep(pause);
  }
}
