import { DatabricksTokensError, hasCode } from "../errors";
import { quote } from "../http/quote";
import { serverTime } from "../session/context";
import { nameOf } from "../session/minter";
import { prove, proveUntil } from "../session/proof";
import { retirementsDue } from "./due";
import { sweepRepeated } from "./lost-attempts";
import { mint } from "./mint";
import { revokeAndProve, revokeUnproved } from "./revoke";
import { isExpired, revokeAfter, scheduleOf } from "./schedule";
import type { TokenRecord } from "./state";
import { sweepMinters } from "./sweep";
import { clearUnfinished, isUnfinished, markUnfinished } from "./unfinished";
import type { Work } from "./work";

/** The steps by which a token takes the place of another. */

/** Mints a token as desired, proves it, and makes it the current one; the old one starts to retire. */
export async function renew(work: Work): Promise<void> {
  const { context, state, desired } = work;
  const began = context.now();
  const { token, wider } = await mint(work);
  if (wider !== undefined) {
    markUnfinished(state, "too-wide", context.client.serverNow());
    await sweepRepeated(work, began);
    await discardCandidates(work);
    throw new DatabricksTokensError(
      "TOO_WIDE",
      `${context.client.host} granted a token that is wider than the one asked for: ${wider}. It was revoked. ` +
        "Ask for what the workspace can grant, or have its administrator update it",
    );
  }
  await promote(work, token);
  state.inputs = { ...desired, origin: state.inputs.origin };
}

/** Revokes what lost attempts of earlier runs have made. False: not everybody's tokens could be searched. */
export async function sweepEarlier(work: Work): Promise<boolean> {
  const { context, credential, state, desired } = work;
  const hidden = await sweepMinters(context, credential, state, desired);
  for (const minter of hidden) {
    context.warn(
      `Tokens of ${nameOf(minter)} on ${context.client.host} can't be searched for lost attempts by this sign-in`,
    );
  }
  return hidden.length === 0;
}

/** Proves a candidate and makes it the current token. Throws NOT_PROVED, with the candidate kept. */
export async function promote(work: Work, candidate: TokenRecord): Promise<void> {
  const { context, state } = work;
  const proof = await proveUntil(context, candidate.tokenValue, "alive", context.limits.proveAliveMs);
  if (proof.verdict !== "alive") {
    markUnfinished(state, "not-proved", context.client.serverNow());
    throw new DatabricksTokensError(
      "NOT_PROVED",
      `The new token ${quote(candidate.tokenId)} on ${context.client.host} did not prove to authenticate: ` +
        `${proof.cause?.message ?? "no answer"}. It is kept in the state, unused; run \`pulumi up\` again to finish`,
      { cause: proof.cause },
    );
  }
  // The workspace's own word for now, should its clock not be known yet.
  const now = Math.max(candidate.creationTime, context.client.serverNow());
  const { current: old } = state;
  state.candidates = state.candidates.filter((token) => token.tokenId !== candidate.tokenId);
  const { mintedWith: _, ...promoted } = candidate;
  state.current = promoted;
  state.owner = proof.userName || (candidate.minter?.userName ?? "");
  if (old) await retireReplaced(work, old, now);
  clearUnfinished(state, "not-proved", "current-gone");
}

/** A token that is dead already has nothing to retire: as the previous token it would hide one that lives. */
async function retireReplaced(work: Work, old: TokenRecord, now: number): Promise<void> {
  const { context, state, desired } = work;
  // Until the proof has answered it stays in the state.
  const until = isUnfinished(state, "current-gone") ? now : revokeAfter(old, scheduleOf(desired), now);
  state.retiring.push({ ...old, revokeAfter: until });
  if ((await prove(context, old.tokenValue)).verdict === "refused") {
    state.retiring = state.retiring.filter(({ tokenId }) => tokenId !== old.tokenId);
  } else warnOfShortOverlap(work, old, now);
}

/** Revokes every candidate: none was ever handed out. */
export async function discardCandidates({ context, credential, state }: Work): Promise<void> {
  for (const candidate of [...state.candidates]) {
    await revokeUnproved(context, candidate, [credential]);
    state.candidates = state.candidates.filter((token) => token.tokenId !== candidate.tokenId);
  }
  clearUnfinished(state, "too-wide", "not-proved");
}

/** Revokes those of `served` whose overlap is over. A failure is a warning: the token stays in the list, and due. */
export async function retire({ context, credential, state }: Work, served: readonly TokenRecord[]): Promise<void> {
  clearUnfinished(state, "revocation-not-confirmed");
  if (served.length === 0) return;
  const failures: unknown[] = [];
  const revoke = async (token: TokenRecord): Promise<void> => {
    await revokeAndProve(context, token, [credential]);
    state.retiring = state.retiring.filter((other) => other.tokenId !== token.tokenId);
  };
  try {
    const due = retirementsDue(served, await serverTime(context, credential));
    await Promise.all(due.map((token) => revoke(token).catch((error: unknown) => failures.push(error))));
  } catch (error) {
    failures.push(error);
  }
  for (const failure of failures) context.warn(`A replaced token was not retired yet: ${(failure as Error).message}`);
  const unconfirmed = failures.some((failure) => hasCode(failure, "REVOCATION_NOT_CONFIRMED"));
  if (unconfirmed) markUnfinished(state, "revocation-not-confirmed", context.client.serverNow());
}

function warnOfShortOverlap({ context, desired }: Work, old: TokenRecord, now: number): void {
  const { overlapSeconds } = scheduleOf(desired);
  if (old.expiryTime < 0 || isExpired(old, now)) return;
  const left = Math.round((old.expiryTime - now) / 1000);
  if (left < overlapSeconds / 2) {
    context.warn(
      `The rotation ran late: the previous token lives on for ${left} s only, not for ${overlapSeconds} s. ` +
        "Run `pulumi up` at least as often as rotateEverySeconds says",
    );
  }
}
