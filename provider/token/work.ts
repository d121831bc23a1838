import type { Credential } from "../credentials";
import type { TokenContext } from "./context";
import { configured } from "./identity";
import type { TokenInputs, TokenState } from "./state";

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
}

/** @throws DatabricksTokensError NO_CREDENTIALS, AMBIGUOUS_CREDENTIALS, ... where there is no identity to work as. */
export function begin(context: TokenContext, state: TokenState, wish: TokenInputs): Work {
  return { context, credential: configured(context), state, wish };
}
