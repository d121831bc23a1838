import { DatabricksTokensError } from "../errors";
import { serverTime } from "./context";
import { retirementsDue } from "./due";
import { MintError, mint } from "./mint";
import { proveUntil } from "./proof";
import { revokeAndProve, revokeUnproved } from "./revoke";
import { isExpired, revokeAfter, scheduleOf } from "./schedule";
import { clearUnfinished, markUnfinished, type TokenRecord } from "./state";
import type { Work } from "./work";

/** The steps by which a token takes the place of another. */

/** Mints a token as the wish says, proves it, and makes it the current one; the old one starts to retire. */
export async function renew(work: Work): Promise<void> {
  const { context, state } = work;
  const minted = await mint(work).catch(async (error: unknown) => {
    if (!(error instanceof MintError)) throw error;
    await noteUnsettled(work, error.unsettledSince);
    throw error.cause;
  });
  state.candidates.push(minted.token);
  await noteUnsettled(work, minted.unsettledSince);
  if (minted.wider !== undefined) {
    markUnfinished(state, "too-wide", context.client.serverNow());
    await discardCandidates(work);
    throw new DatabricksTokensError(
      "TOO_WIDE",
      `${context.client.host} granted a token that is wider than the one asked for: ${minted.wider}. It was revoked. ` +
        "Ask for what the workspace can grant, or have its administrator update it",
    );
  }
  await promote(work, minted.token);
}

/** A creation of unknown outcome, and whose it was: only its owner, or an administrator, will find the token. */
async function noteUnsettled({ context, credential, state }: Work, since: number | undefined): Promise<void> {
  if (since === undefined) return;
  clearUnfinished(state, "creation-unknown");
  markUnfinished(state, "creation-unknown", since);
  state.owner = (await context.userName(credential)) ?? state.owner;
}

/** Proves a candidate and makes it the current token. Throws NOT_PROVED, with the candidate kept. */
export async function promote(work: Work, candidate: TokenRecord): Promise<void> {
  const { context, credential, state, wish } = work;
  const proof = await proveUntil(context, candidate.tokenValue, "alive", context.limits.proveAliveMs);
  if (proof.verdict !== "alive") {
    markUnfinished(state, "not-proved", context.client.serverNow());
    throw new DatabricksTokensError(
      "NOT_PROVED",
      `The new token ${candidate.tokenId} on ${context.client.host} did not prove to authenticate: ` +
        `${proof.cause?.message ?? "no answer"}. It is kept in the state, unused; run \`pulumi up\` again to finish`,
      { cause: proof.cause },
    );
  }
  const now = context.client.serverNow();
  const old = state.current;
  state.candidates = state.candidates.filter((token) => token.tokenId !== candidate.tokenId);
  state.current = candidate;
  if (old) state.retiring.push({ ...old, revokeAfter: revokeAfter(old, scheduleOf(wish), now) });
  clearUnfinished(state, "not-proved", "current-gone", "patch-refused");
  state.owner = proof.userName || (await context.userName(credential)) || state.owner;
  if (old) warnOfShortOverlap(work, old, now);
}

/** Revokes every candidate: none was ever handed out. */
export async function discardCandidates({ context, credential, state }: Work): Promise<void> {
  for (const candidate of [...state.candidates]) {
    await revokeUnproved(context, candidate, [credential], state.owner);
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
    await revokeAndProve(context, token, [credential], state.owner);
    state.retiring = state.retiring.filter((other) => other.tokenId !== token.tokenId);
  };
  try {
    const due = retirementsDue(served, await serverTime(context, credential));
    await Promise.all(due.map((token) => revoke(token).catch((error: unknown) => failures.push(error))));
  } catch (error) {
    failures.push(error);
  }
  for (const failure of failures) context.warn(`A replaced token was not retired yet: ${(failure as Error).message}`);
  const unconfirmed = failures.some(
    (failure) => failure instanceof DatabricksTokensError && failure.code === "REVOCATION_NOT_CONFIRMED",
  );
  if (unconfirmed) markUnfinished(state, "revocation-not-confirmed", context.client.serverNow());
}

function warnOfShortOverlap({ context, wish }: Work, old: TokenRecord, now: number): void {
  const { overlapSeconds } = scheduleOf(wish);
  if (old.expiryTime < 0 || isExpired(old, now)) return;
  const left = Math.round((old.expiryTime - now) / 1000);
  if (left < overlapSeconds / 2) {
    context.warn(
      `The rotation ran late: the previous token lives on for ${left} s only, not for ${overlapSeconds} s. ` +
        "Run `pulumi up` at least as often as rotateEverySeconds says",
    );
  }
}
