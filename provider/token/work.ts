import type { TokenContext } from "../session/context";
import { configured } from "../session/identity";
import type { Credential } from "../sign-in";
import type { TokenRequest } from "../workspace";
import { markComment } from "./marker";
import { scheduleOf } from "./schedule";
import type { TokenInputs, TokenState } from "./state";

/**
 * One resource while it is brought to what is desired. Each step writes into `state` what has happened as soon as it
 * has, so that whoever saves the state after a failure loses nothing.
 */
export interface Work {
  readonly context: TokenContext;
  /** The configured identity: what is minted belongs to it. */
  readonly credential: Credential;
  readonly state: TokenState;
  readonly desired: TokenInputs;
}

/** What a creation asks for. */
export function requestOf({ desired }: Pick<Work, "desired">): TokenRequest {
  return {
    comment: markComment(desired.comment ?? "", desired.origin, desired.nonce),
    lifetimeSeconds: scheduleOf(desired).lifetimeSeconds,
    ...(desired.scopes && { scopes: desired.scopes }),
    ...(desired.autoscopeEnabled !== undefined && { autoscopeEnabled: desired.autoscopeEnabled }),
  };
}

/** @throws DatabricksTokensError NO_CREDENTIALS, AMBIGUOUS_CREDENTIALS, ... where there is no identity to work as. */
export function begin(context: TokenContext, state: TokenState, desired: TokenInputs): Work {
  return { context, credential: configured(context), state, desired };
}
