import { SavedFailure } from "../pulumi/saved-failure";
import type { Properties } from "../pulumi/wire";
import { type TokenState, writeState } from "./state";

/** A failure that keeps the token's state. `props` are the inputs of the failed call: they hold the provider's text. */
export function saved(state: TokenState, props: Properties, now: number, cause: unknown): SavedFailure {
  const properties = { ...writeState(state, now), __provider: props["__provider"] };
  return new SavedFailure(state.inputs.nonce, properties, cause as Error);
}
