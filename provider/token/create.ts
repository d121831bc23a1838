import type { Properties } from "../pulumi/wire";
import type { TokenContext } from "../session/context";
import { renew } from "./rotation";
import { saved } from "./saved-failure";
import { readInputs, type TokenState, writeState } from "./state";
import { begin } from "./work";

/**
 * Mints a token, proves it, and gives it to Pulumi. What can't be finished is saved with the resource; a failure that
 * left nothing behind saves nothing.
 */
export async function create(context: TokenContext, props: Properties): Promise<{ id: string; outs: Properties }> {
  const inputs = readInputs(props);
  const state: TokenState = { inputs, owner: "", unfinished: [], candidates: [], retiring: [] };
  try {
    await renew(begin(context, state, inputs));
    return { id: inputs.nonce, outs: writeState(state, context.client.serverNow()) };
  } catch (error) {
    const nothingLeft = state.unfinished.length === 0 && state.candidates.length === 0;
    if (nothingLeft) throw error;
    throw saved(state, props, context.client.serverNow(), error);
  }
}
