import type { Credential } from "../credentials";
import type { TokenContext } from "./context";
import { configured } from "./identity";
import type { TokenOrigin } from "./marker";
import { knownIds, type TokenInputs, type TokenState } from "./state";
import type { Attempts } from "./sweep";

/**
 * One resource while it is brought to what is wished. Each step writes into `state` what has happened as soon as it
 * has, so that whoever saves the state after a failure loses nothing.
 */
export interface Work {
  readonly context: TokenContext;
  /** The configured identity: what is minted belongs to it. */
  readonly credential: Credential;
  readonly state: TokenState;
  readonly wish: TokenInputs;
  /** What markers of this resource may name: it may have been renamed since they were written. */
  readonly origins: readonly TokenOrigin[];
}

/** @throws DatabricksTokensError NO_CREDENTIALS, AMBIGUOUS_CREDENTIALS, ... where there is no identity to work as. */
export function begin(context: TokenContext, state: TokenState, wish: TokenInputs): Work {
  return { context, credential: configured(context), state, wish, origins: [state.inputs.origin, wish.origin] };
}

/** What tells the attempts of this resource from the tokens that it knows. */
export function attemptsOf({ state, wish, origins }: Work): Attempts {
  return { nonce: wish.nonce, origins, known: knownIds(state) };
}
