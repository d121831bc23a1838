import { DatabricksTokensError, hasCode } from "../errors";
import { SavedFailure } from "../pulumi/saved-failure";
import type { Properties } from "../pulumi/wire";
import type { TokenContext } from "../session/context";
import { type Caller, isSameName, listScopes, putSecret, type SecretInfo } from "../workspace";
import { look, shown } from "./secret-look";
import { type SecretInputs, type SecretState, writeSecretState } from "./secret-state";

/** Puts the value, and learns when the workspace says that was. Into `state` goes what holds afterwards. */
export async function write(
  context: TokenContext,
  caller: Caller,
  state: SecretState,
  desired: SecretInputs,
  before: SecretInfo | undefined,
  props: Properties,
): Promise<void> {
  try {
    await putSecret(caller, desired.scope, desired.key, desired.value);
  } catch (error) {
    if (await isUnwritten(caller, desired, before, error)) throw await explained(caller, desired, error);
    state.writeUnknown = true;
    const properties = { ...writeSecretState(state), __provider: props["__provider"] };
    throw new SavedFailure(desired.nonce, properties, error as Error);
  }
  const found = await look(caller, desired).catch(() => undefined);
  const seen = found && found.lastUpdated !== before?.lastUpdated;
  // A list that lags, or fails: the value is there, and that it is ours will be learnt by writing it once more.
  if (!seen) context.warn(`${shown(desired)} is written, but is not listed so yet: the next up writes it again`);
  Object.assign(state, { inputs: desired, drift: "", writeUnknown: !seen, lastUpdated: found?.lastUpdated ?? 0 });
}

/** Whether a put that failed has surely left everything as it was; an attempt before the last one may have not. */
async function isUnwritten(
  caller: Caller,
  desired: SecretInputs,
  before: SecretInfo | undefined,
  error: unknown,
): Promise<boolean> {
  if (!(error instanceof DatabricksTokensError) || error.ambiguous) return false;
  try {
    return (await look(caller, desired))?.lastUpdated === before?.lastUpdated;
  } catch {
    return false;
  }
}

/** A scope that is kept in a Key Vault refuses what is put into it with words that do not say so. */
async function explained(caller: Caller, { scope, host }: SecretInputs, error: unknown): Promise<unknown> {
  if (!hasCode(error, "INVALID_REQUEST")) return error;
  const scopes = await listScopes(caller).catch(() => []);
  if (!scopes.some(({ name, inKeyVault }) => isSameName(name, scope) && inKeyVault)) return error;
  return new DatabricksTokensError(
    "SCOPE_NOT_WRITABLE",
    `The scope ${scope} on ${host} is kept in an Azure Key Vault, which Databricks only reads: write the secret into the ` +
      "vault itself, or take a scope that the workspace keeps",
    { cause: error },
  );
}
