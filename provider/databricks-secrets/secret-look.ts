import { DatabricksTokensError, hasCode } from "../errors";
import type { WrittenValues } from "../pulumi/written-values";
import { type Caller, getSecret, isSameName, listSecrets, type SecretInfo } from "../workspace";
import type { SecretInputs, SecretState } from "./secret-state";

/** For people. */
export const shown = ({ host, scope, key }: SecretInputs): string => `secret ${key} of scope ${scope} on ${host}`;

export const find = (secrets: readonly SecretInfo[], { key }: SecretInputs): SecretInfo | undefined =>
  secrets.find((item) => isSameName(item.key, key));

export async function listed(caller: Caller, { scope, host }: SecretInputs): Promise<SecretInfo[]> {
  try {
    return await listSecrets(caller, scope);
  } catch (error) {
    if (!hasCode(error, "NOT_FOUND")) throw error;
    throw new DatabricksTokensError(
      "SCOPE_NOT_FOUND",
      `There is no scope ${scope} on ${host}, or this sign-in may not see it: make one with SecretScope, and give its ` +
        "`name` to the secret",
      { cause: error },
    );
  }
}

/** The secret as it is listed; undefined: it is gone, maybe with its scope. */
export async function look(caller: Caller, inputs: SecretInputs): Promise<SecretInfo | undefined> {
  try {
    return find(await listed(caller, inputs), inputs);
  } catch (error) {
    if (hasCode(error, "SCOPE_NOT_FOUND")) return undefined;
    throw error;
  }
}

/** By its value, where the workspace gives that out, else by the time of its last change. */
export async function isOurs(
  caller: Caller,
  state: SecretState,
  found: SecretInfo,
  written: WrittenValues,
): Promise<boolean> {
  const { scope, key, value, nonce } = state.inputs;
  const current = await getSecret(caller, scope, key);
  if (current && (current.reveal() === value.reveal() || (await written.includes(current, nonce)))) return true;
  // A creation of unknown outcome can have left nothing but its own value.
  if (state.writeUnknown) return current === undefined || state.lastUpdated > 0;
  return current === undefined && found.lastUpdated <= state.lastUpdated;
}
