import { DatabricksTokensError } from "../errors";
import { createToken } from "../workspace";
import { as } from "./context";
import { markComment } from "./marker";
import { withQuota } from "./quota";
import { scheduleOf } from "./schedule";
import { isUnfinished, markUnfinished, type TokenRecord } from "./state";
import { ownSight, sweep } from "./sweep";
import { widerThan } from "./wider";
import { attemptsOf, type Work } from "./work";

const MAX_ATTEMPTS = 5;
/** When to look for an attempt whose answer was lost: "not listed yet" is no proof that it was never made. */
const LOOKS_MS = [0, 500, 1_500, 4_000];

export interface Minted {
  readonly token: TokenRecord;
  /** How the token is wider than what was asked for; it must not be used. */
  readonly wider?: string;
}

/**
 * Creates one token: a candidate of the state from the first moment. After an ambiguous failure it sweeps what the lost
 * attempt made and tries again; the value of a lost attempt is lost, so its token is revoked, never adopted. What may
 * have been left without showing in a list yet is noted as `creation-unknown`.
 */
export async function mint(work: Work): Promise<Minted> {
  const { context, credential, state, wish } = work;
  // Asked before anything is made: only its owner, or an administrator, can look for a token that was lost.
  const owner = await context.userName(credential);
  let lost = 0;
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        return await createCandidate(work, owner);
      } catch (error) {
        if (!(error instanceof DatabricksTokensError && error.ambiguous)) throw await withQuota(work, error);
        lost += 1;
        lost -= await lookForLost(work, lost);
        if (attempt >= MAX_ATTEMPTS || context.now() + 1_000 >= context.deadline) throw error;
      }
    }
  } finally {
    if (lost > 0) {
      // By the server's clock, and as late as can be: from now on nothing of ours is under way.
      markUnfinished(state, "creation-unknown", context.client.serverNow(), owner);
      state.inputs = { ...state.inputs, origin: wish.origin };
    }
  }
}

async function createCandidate({ context, credential, state, wish }: Work, owner: string | undefined): Promise<Minted> {
  const { lifetimeSeconds } = scheduleOf(wish);
  const request = {
    comment: markComment(wish.comment ?? "", wish.origin, wish.nonce),
    lifetimeSeconds,
    ...(wish.scopes && { scopes: wish.scopes }),
    ...(wish.autoscopeEnabled !== undefined && { autoscopeEnabled: wish.autoscopeEnabled }),
  };
  const { value, info } = await createToken(as(context, credential), request, () => context.assertEngine());
  const token: TokenRecord = {
    tokenId: info.tokenId,
    tokenValue: value,
    creationTime: info.creationTime || context.client.serverNow(),
    expiryTime: info.expiryTime,
    ...(owner && { owner }),
  };
  state.candidates.push(token);
  const wider = widerThan(wish, lifetimeSeconds, { ...info, creationTime: token.creationTime });
  return { token, ...(wider && { wider }) };
}

/** Sweeps until as many tokens are found as attempts were lost, or the looks are over; gives how many it found. */
async function lookForLost(work: Work, lost: number): Promise<number> {
  const { context, credential } = work;
  const sight = ownSight(context, credential);
  let found = 0;
  for (const pause of LOOKS_MS) {
    if (context.now() + pause >= context.deadline) break;
    if (pause > 0) await context.sleep(pause);
    try {
      found += (await sweep(context, sight, attemptsOf(work), true)).length;
    } catch {
      // A listing that fails proves nothing: look again.
    }
    if (found >= lost) break;
  }
  // Where an earlier run left something unknown too, what was found may be that.
  return isUnfinished(work.state, "creation-unknown") ? 0 : Math.min(found, lost);
}
