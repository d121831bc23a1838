import { DatabricksTokensError, hasCode } from "../errors";
import type { CheckFailure } from "../pulumi/check-failures";
import { originText, stackText } from "../pulumi/origin";
import { PlaceRegistry } from "../pulumi/place-registry";
import { SavedFailure } from "../pulumi/saved-failure";
import { type Properties, UNKNOWN } from "../pulumi/wire";
import { WrittenValues } from "../pulumi/written-values";
import { Secret } from "../secret";
import { as, type TokenContext } from "../session/context";
import { asAnybody, configured } from "../session/identity";
import type { Surroundings } from "../sign-in";
import { type Caller, createScope, deleteScope, isSameName, listScopes, listSecrets } from "../workspace";
import { checkedInputs, checkName, originChanged, workspaceChanged, workspaceReplaces } from "./check";
import { readScopeInputs, readScopeState, type ScopeInputs, type ScopeState, writeScopeState } from "./scope-state";

const places = new PlaceRegistry();
const placeOf = ({ host, name }: ScopeInputs): string => [host, name].join("\n").toLowerCase();
const nameOf = (inputs: ScopeInputs): Secret => new Secret(placeOf(inputs));
const madeBy = (inputs: ScopeInputs, pulumiHome: string | undefined): WrittenValues =>
  new WrittenValues(pulumiHome, ["SecretScope", stackText(inputs.origin), placeOf(inputs)]);
const shown = ({ name, host }: ScopeInputs): string => `scope ${name} on ${host}`;

/** Validates the inputs at preview; no two scopes of a program have one name. Makes no call. */
export function checkScope(surroundings: Surroundings, olds: Properties, news: Properties) {
  const failures: CheckFailure[] = [];
  const fail = (property: string, reason: string): void => void failures.push({ property, reason });
  const inputs = checkedInputs(surroundings, olds, news, fail, "scope");
  checkName(inputs, "name", fail);
  const { initialManagePrincipal: principal } = inputs;
  if (principal !== undefined && (typeof principal !== "string" || principal === "")) {
    fail("initialManagePrincipal", "must be the name of a user, group or service principal, such as users");
  }
  // Another name makes another scope, with whatever principal.
  const sameScope = olds["name"] !== undefined && olds["name"] === inputs["name"];
  if (sameScope && principal !== UNKNOWN && (olds["initialManagePrincipal"] ?? "") !== (principal ?? "")) {
    fail(
      "initialManagePrincipal",
      "holds at the scope's creation alone. Put it back, and change who may manage the scope in the workspace; or make " +
        "the scope anew, without the secrets in it: pulumi up --replace URN [PRINCIPAL_FIXED]",
    );
  }
  if (failures.length === 0 && inputs["host"] !== UNKNOWN && inputs["name"] !== UNKNOWN) {
    const desired = readScopeInputs(inputs);
    const other = places.claim(placeOf(desired), originText(desired.origin));
    if (other) fail("name", `${shown(desired)} is already SecretScope ${other}: one scope, one resource`);
  }
  return { inputs, failures };
}

/** Makes no call. */
export function diffScope(olds: Properties, news: Properties): { changes: boolean; replaces: string[] } {
  const state = readScopeState(olds);
  const replaces = [...workspaceReplaces(olds, news), ...(news["name"] === olds["name"] ? [] : ["name"])];
  const changes =
    replaces.length > 0 ||
    state.drift !== "" ||
    state.creationUnknown ||
    workspaceChanged(olds, news) ||
    originChanged(olds, news);
  return { changes, replaces };
}

/** `pulumiHome` is where this machine keeps hashes of what its stacks have made (written-values.ts). */
export async function makeScope(
  context: TokenContext,
  props: Properties,
  pulumiHome?: string,
): Promise<{ id: string; outs: Properties }> {
  const desired = readScopeInputs(props);
  const caller = as(context, configured(context));
  const state: ScopeState = { inputs: desired, created: true, drift: "", creationUnknown: false };
  const made = madeBy(desired, pulumiHome);
  if (!(await exists(caller, desired))) await make(caller, state, props);
  else if (!(await made.includes(nameOf(desired)))) {
    if (!desired.adopt) throw isThere(desired);
    state.created = false;
  }
  if (state.created) await made.add(desired.nonce, nameOf(desired));
  places.written(placeOf(desired), desired.nonce);
  return { id: desired.nonce, outs: writeScopeState(state) };
}

/** Only marks what it finds: a scope that is gone is made again by the next `up`. */
export async function readScope(context: TokenContext, id: string, props: Properties) {
  const state = readScopeState(props);
  const found = await asAnybody(context, (credential) => exists(as(context, credential), state.inputs));
  if (!state.creationUnknown) state.drift = found ? "" : "gone";
  return { id, props: { ...writeScopeState(state), __provider: props["__provider"] } };
}

export async function updateScope(
  context: TokenContext,
  olds: Properties,
  news: Properties,
): Promise<{ outs: Properties }> {
  const state = readScopeState(olds);
  state.inputs = readScopeInputs(news);
  const caller = as(context, configured(context));
  if (!(await exists(caller, state.inputs))) {
    state.created = true;
    await make(caller, state, news);
  }
  Object.assign(state, { drift: "", creationUnknown: false });
  return { outs: writeScopeState(state) };
}

/** Deletes what this stack made, once nobody has anything in it: the keys in a scope go with it. */
export async function removeScope(context: TokenContext, props: Properties, pulumiHome?: string): Promise<void> {
  const { inputs, created } = readScopeState(props);
  if (!created) return;
  await madeBy(inputs, pulumiHome).forget(inputs.nonce);
  // A resource with another name has adopted it in this run.
  if (places.isElsewhere(placeOf(inputs), originText(inputs.origin), inputs.nonce)) return;
  await asAnybody(context, async (credential) => {
    const caller = as(context, credential);
    try {
      const keys = (await listSecrets(caller, inputs.name)).map(({ key }) => key);
      if (keys.length === 0) return await deleteScope(caller, inputs.name);
      const some = keys.length > 3 ? `${keys.slice(0, 3).join(", ")}, …` : keys.join(", ");
      context.warn(
        `${shown(inputs)} holds ${keys.length} key${keys.length === 1 ? "" : "s"} that this stack did not put there or has left ` +
          `(${some}), which would go with it: it is left as it is. To have it back in a stack, set adopt: true`,
      );
    } catch (error) {
      if (!hasCode(error, "NOT_FOUND")) throw error;
    }
  });
}

/** @throws DatabricksTokensError SCOPE_NOT_WRITABLE for one that is kept in a Key Vault */
async function exists(caller: Caller, inputs: ScopeInputs): Promise<boolean> {
  const found = (await listScopes(caller)).find(({ name }) => isSameName(name, inputs.name));
  if (!found?.inKeyVault) return found !== undefined;
  throw new DatabricksTokensError(
    "SCOPE_NOT_WRITABLE",
    `The ${shown(inputs)} is kept in an Azure Key Vault, which Databricks only reads: take another name`,
  );
}

/** Creates the scope. An answer that was lost is looked for, and saved with the resource where that can't be told. */
async function make(caller: Caller, state: ScopeState, props: Properties): Promise<void> {
  const { inputs } = state;
  let attempts = 0;
  try {
    const { name: scope, initialManagePrincipal } = inputs;
    await createScope(caller, { scope, ...(initialManagePrincipal && { initialManagePrincipal }) }, async () => {
      attempts += 1;
    });
  } catch (error) {
    if (hasCode(error, "ALREADY_EXISTS")) {
      // It was not there before: made by the attempt whose answer was lost, or by somebody else just now.
      if (attempts === 1) throw isThere(inputs, error);
      return;
    }
    if (!(error instanceof DatabricksTokensError) || (!error.ambiguous && attempts <= 1)) throw error;
    if (await exists(caller, inputs).catch(() => false)) return;
    state.creationUnknown = true;
    const properties = { ...writeScopeState(state), __provider: props["__provider"] };
    throw new SavedFailure(inputs.nonce, properties, error);
  }
}

function isThere(inputs: ScopeInputs, cause?: unknown): DatabricksTokensError {
  return new DatabricksTokensError(
    "ENTRY_EXISTS",
    `${shown(inputs)} is there already, and this stack did not make it, as far as this machine knows. If it is this stack's, ` +
      "under the resource's earlier name or parent, give the resource an alias. Else set adopt: true to take it over " +
      "(destroy leaves it then), or take another name",
    { cause },
  );
}
