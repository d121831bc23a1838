import { DatabricksTokensError } from "../errors";
import { createToken, type TokenInfo } from "../workspace";
import { as } from "./context";
import { markComment } from "./marker";
import { scheduleOf } from "./schedule";
import { isUnfinished, type TokenInputs, type TokenRecord } from "./state";
import { ownSight, sweep } from "./sweep";
import { attemptsOf, type Work } from "./work";

/** Clocks and rounding of the service may add this much to an expiry before it counts as wider. */
const EXPIRY_TOLERANCE_MS = 60_000;
const MAX_ATTEMPTS = 5;
/** When to look for an attempt whose answer was lost: "not listed yet" is no proof that it was never made. */
const LOOKS_MS = [0, 500, 1_500, 4_000];

export interface Minted {
  readonly token: TokenRecord;
  /** How the token is wider than what was asked for; it must not be used. */
  readonly wider?: string;
  /** Set if an earlier attempt of this call may have left a token that no listing has shown yet: since when. */
  readonly unsettledSince?: number;
}

/** A creation that failed; `unsettledSince` is set if it may have left a token. */
export class MintError extends Error {
  constructor(
    override readonly cause: Error,
    readonly unsettledSince: number | undefined,
  ) {
    super(cause.message);
    this.name = "MintError";
  }
}

/**
 * Creates one token. After an ambiguous failure it sweeps what the lost attempt made and tries again; the value of
 * a lost attempt is lost, so its token is revoked, never adopted.
 */
export async function mint(work: Work): Promise<Minted> {
  const { context, credential, wish: inputs } = work;
  const { client } = context;
  const { lifetimeSeconds } = scheduleOf(inputs);
  const request = {
    comment: markComment(inputs.comment ?? "", inputs.origin, inputs.nonce),
    lifetimeSeconds,
    ...(inputs.scopes && { scopes: inputs.scopes }),
    ...(inputs.autoscopeEnabled !== undefined && { autoscopeEnabled: inputs.autoscopeEnabled }),
  };
  let lost = 0;
  // By the server's clock, and as late as can be: from then on nothing of ours is under way.
  const unsettled = (): number | undefined => (lost > 0 ? client.serverNow() : undefined);

  for (let attempt = 1; ; attempt++) {
    try {
      await context.assertEngine();
      const { value, info } = await createToken(as(context, credential), request);
      const token = {
        tokenId: info.tokenId,
        tokenValue: value,
        creationTime: info.creationTime || client.serverNow(),
        expiryTime: info.expiryTime,
      };
      const wider = widerThan(inputs, lifetimeSeconds, { ...info, creationTime: token.creationTime });
      const unsettledSince = unsettled();
      return { token, ...(wider && { wider }), ...(unsettledSince !== undefined && { unsettledSince }) };
    } catch (error) {
      const ambiguous = error instanceof DatabricksTokensError && error.ambiguous;
      if (!ambiguous || (await isNoWorkspace(work, error))) throw new MintError(error as Error, unsettled());
      lost += 1;
      lost -= await lookForLost(work, lost);
      const over = context.now() + 1_000 >= context.deadline;
      if (attempt >= MAX_ATTEMPTS || over) throw new MintError(error, unsettled());
    }
  }
}

/** A web page may stand in for a workspace's answer that was lost; where lists are answered so too, there is none. */
async function isNoWorkspace({ context, credential }: Work, { code }: DatabricksTokensError): Promise<boolean> {
  if (code !== "WRONG_HOST") return false;
  return context.list(credential, { fresh: true }).then(
    () => false,
    (error) => error instanceof DatabricksTokensError && error.code === "WRONG_HOST",
  );
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

/** Says how a granted token is wider than the one asked for; undefined if it isn't. */
export function widerThan(inputs: TokenInputs, lifetimeSeconds: number, granted: TokenInfo): string | undefined {
  const created = granted.creationTime;
  if (granted.expiryTime < 0 || granted.expiryTime > created + lifetimeSeconds * 1000 + EXPIRY_TOLERANCE_MS) {
    return "it lives longer";
  }
  if (inputs.scopes && !inputs.autoscopeEnabled) {
    const asked = new Set(inputs.scopes);
    if (!granted.scopes) return "it has every scope";
    const extra = granted.scopes.filter((scope) => !asked.has(scope));
    if (extra.length > 0) return `it has the scopes ${extra.join(", ")} besides`;
  }
  return undefined;
}
