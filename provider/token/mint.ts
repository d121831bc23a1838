import { DatabricksTokensError, ENDS_THE_MINT, hasCode } from "../errors";
import { quote } from "../http/quote";
import { as, knownTime } from "../session/context";
import { type Minter, minterOf } from "../session/minter";
import { createToken, type TokenRequest } from "../workspace";
import { changesComments, inFlight, keepsComments } from "./in-flight";
import { LostAttempts } from "./lost-attempts";
import { withQuota } from "./quota";
import { scheduleOf } from "./schedule";
import type { TokenRecord } from "./state";
import { noteLostAttempt } from "./unfinished";
import { widerThan } from "./wider";
import { requestOf, type Work } from "./work";

const MAX_ATTEMPTS = 5;
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
  const { context, credential, desired } = work;
  // Asked before anything is made: only the list of who minted, or an administrator's, shows a token that was lost.
  const minter = minterOf(await context.whoIs(credential), desired.nonce);
  // And the time, by which lost attempts are told.
  await knownTime(context, credential);
  const lost = new LostAttempts(work);
  try {
    for (let attempt = 1; ; attempt++) {
      const began = context.now();
      try {
        return await createCandidate(work, minter);
      } catch (error) {
        if (!(error instanceof DatabricksTokensError && error.ambiguous)) throw await withQuota(work, error);
        lost.add({ began, ended: context.now() });
        await lost.look();
        if (hasCode(error, ...ENDS_THE_MINT) || !keepsComments(context.client.host)) {
          throw await withQuota(work, error);
        }
        if (attempt >= MAX_ATTEMPTS || context.now() + 1_000 >= context.deadline) throw error;
      }
    }
  } finally {
    if (lost.unaccounted > 0) noteUnknown(work, minter, lost.from);
  }
}

function noteUnknown({ context, state, desired }: Work, minter: Minter, from: number): void {
  // By the server's clock, and as late as can be: from now on nothing of ours is under way.
  const since = context.client.clock.latestNow();
  const until = since + scheduleOf(desired).lifetimeSeconds * 1000;
  noteLostAttempt(state, { from, since, until, minter, origin: desired.origin });
  context.warn(
    `The answer to a creation on ${context.client.host} was lost, and no list shows yet whether it made a token. It is ` +
      "noted in the state: a `pulumi refresh` or `pulumi up` in a minute looks again and settles it",
  );
}

async function createCandidate(work: Work, minter: Minter): Promise<Minted> {
  const { context, state, desired } = work;
  const { host } = context.client;
  const request = requestOf(work);
  const flight = { host, comment: request.comment };
  const { value, info } = await inFlight(flight, context.elapsed, () => create(work, request));
  const { scopes, autoscopeEnabled, lifetimeSeconds } = request;
  const token: TokenRecord = {
    tokenId: info.tokenId,
    tokenValue: value,
    creationTime: info.creationTime || context.client.serverNow(),
    expiryTime: info.expiryTime,
    minter,
    mintedWith: {
      lifetimeSeconds,
      comment: desired.comment ?? "",
      ...(scopes && { scopes }),
      ...(autoscopeEnabled !== undefined && { autoscopeEnabled }),
      ...(desired.triggers && { triggers: desired.triggers }),
    },
  };
  state.candidates.push(token);
  if (info.comment !== request.comment) warnOfComment(work, token, request.comment, info.comment);
  const wider = widerThan(desired, lifetimeSeconds, { ...info, creationTime: token.creationTime });
  return { token, ...(wider && { wider }) };
}

/** Whatever fails once the request may have left this machine may have made a token. */
async function create({ context, credential }: Work, request: TokenRequest): ReturnType<typeof createToken> {
  let sent = false;
  try {
    return await createToken(as(context, credential), request, async () => {
      sent = false;
      await context.assertEngine();
      sent = true;
    });
  } catch (error) {
    if (error instanceof DatabricksTokensError || !sent) throw error;
    throw new DatabricksTokensError(
      "UNEXPECTED_ANSWER",
      `${context.client.host} answered the creation of a token in a way that can't be read: ${quote((error as Error).message)}`,
      { ambiguous: true, cause: error },
    );
  }
}

function warnOfComment({ context }: Work, { tokenId }: TokenRecord, sent: string, kept: string): void {
  const { host } = context.client;
  changesComments(host);
  context.warn(
    `${host} did not keep the comment of token ${quote(tokenId)} as it was sent (${kept.length} of ${sent.length} characters ` +
      "came back). Its end is the marker that ties the token to this stack: where it is lost, a token whose answer got " +
      "lost can't be told from others, and a creation is not tried again. A shorter comment or shorter names may help",
  );
}
