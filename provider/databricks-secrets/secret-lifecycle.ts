import { DatabricksTokensError, hasCode } from "../errors";
import type { CheckFailure } from "../pulumi/check-failures";
import { originText, stackText } from "../pulumi/origin";
import { PlaceRegistry } from "../pulumi/place-registry";
import { type Properties, UNKNOWN } from "../pulumi/wire";
import { WrittenValues } from "../pulumi/written-values";
import type { Secret } from "../secret";
import { as, type TokenContext } from "../session/context";
import { asAnybody, configured } from "../session/identity";
import { prove } from "../session/proof";
import type { Surroundings } from "../sign-in";
import { type Caller, deleteSecret, getSecret, putSecret } from "../workspace";
import { checkedInputs, checkName, checkValue, originChanged, workspaceChanged, workspaceReplaces } from "./check";
import { find, isOurs, listed, look, shown } from "./secret-look";
import {
  type Before,
  readSecretInputs,
  readSecretState,
  type SecretInputs,
  type SecretState,
  writeSecretState,
} from "./secret-state";
import { write } from "./secret-write";

const places = new PlaceRegistry();
const placeOf = ({ host, scope, key }: SecretInputs): string => [host, scope, key].join("\n").toLowerCase();

/** Validates the inputs at preview; no two secrets of a program have one place. Makes no call. */
export function checkSecret(surroundings: Surroundings, olds: Properties, news: Properties) {
  const failures: CheckFailure[] = [];
  const fail = (property: string, reason: string): void => void failures.push({ property, reason });
  const inputs = checkedInputs(surroundings, olds, news, fail, "secret");
  for (const key of ["scope", "key"]) checkName(inputs, key, fail);
  checkValue(inputs, "stringValue", fail);
  if (failures.length === 0 && !["host", "scope", "key"].some((key) => inputs[key] === UNKNOWN)) {
    const desired = readSecretInputs(inputs);
    const other = places.claim(placeOf(desired), originText(desired.origin));
    if (other) fail("key", `${shown(desired)} is already the place of Secret ${other}: one place, one resource`);
  }
  return { inputs, failures };
}

/** Makes no call. Another place replaces; the old one is emptied first, see optionsOf. */
export function diffSecret(olds: Properties, news: Properties): { changes: boolean; replaces: string[] } {
  const state = readSecretState(olds);
  // An unknown scope is one that is about to be deleted, for which the engine asks: its secrets go first.
  const replaces = [...workspaceReplaces(olds, news), ...["scope", "key"].filter((key) => news[key] !== olds[key])];
  const changes =
    replaces.length > 0 ||
    news["stringValue"] !== state.inputs.value.reveal() ||
    state.drift !== "" ||
    state.writeUnknown ||
    workspaceChanged(olds, news) ||
    originChanged(olds, news);
  return { changes, replaces };
}

/** `pulumiHome` is where this machine keeps hashes of what its stacks have written (written-values.ts). */
export async function createSecret(
  context: TokenContext,
  props: Properties,
  pulumiHome?: string,
): Promise<{ id: string; outs: Properties }> {
  const desired = readSecretInputs(props);
  const caller = as(context, configured(context));
  const found = find(await listed(caller, desired), desired);
  const before = found
    ? await takeOver(context, caller, desired, writtenBy(desired, pulumiHome))
    : { kind: "nothing" as const };
  const state: SecretState = {
    inputs: desired,
    before,
    lastUpdated: found?.lastUpdated ?? 0,
    drift: "",
    writeUnknown: false,
  };
  await writtenBy(desired, pulumiHome).add(desired.nonce, desired.value);
  await write(context, caller, state, desired, found, props);
  places.written(placeOf(desired), desired.nonce);
  return { id: desired.nonce, outs: writeSecretState(state) };
}

/** Only marks what it finds: a secret that is gone or was changed is written again by the next `up`. */
export async function readSecret(context: TokenContext, id: string, props: Properties) {
  const state = readSecretState(props);
  const { inputs } = state;
  const found = await asAnybody(context, (credential) => look(as(context, credential), inputs));
  if (!found) state.drift = "gone";
  else state.drift = !state.writeUnknown && found.lastUpdated > state.lastUpdated ? "changed" : "";
  return { id, props: { ...writeSecretState(state), __provider: props["__provider"] } };
}

export async function updateSecret(
  context: TokenContext,
  olds: Properties,
  news: Properties,
  pulumiHome?: string,
): Promise<{ outs: Properties }> {
  const state = readSecretState(olds);
  const desired = readSecretInputs(news);
  const caller = as(context, configured(context));
  const found = find(await listed(caller, desired), desired);
  if (found && !state.writeUnknown && found.lastUpdated > state.lastUpdated) {
    context.warn(`${shown(desired)} was changed elsewhere; it is written again`);
  }
  await writtenBy(desired, pulumiHome).add(desired.nonce, desired.value);
  await write(context, caller, state, desired, found, news);
  places.written(placeOf(desired), desired.nonce);
  return { outs: writeSecretState(state) };
}

export async function removeSecret(context: TokenContext, props: Properties, pulumiHome?: string): Promise<void> {
  const state = readSecretState(props);
  const { inputs, before } = state;
  const place = placeOf(inputs);
  const origin = originText(inputs.origin);
  const written = writtenBy(inputs, pulumiHome);
  // A resource with another name took the place over in this run.
  if (places.isElsewhere(place, origin, inputs.nonce)) {
    await written.forget(inputs.nonce);
    if (before.kind !== "kept") return;
    context.warn(
      `${shown(inputs)} is another resource's now; what it held before it was adopted is not kept any longer. ` +
        "(To rename or move a resource, give it an alias: then nothing is lost.)",
    );
    return;
  }
  await asAnybody(context, async (credential) => {
    const caller = as(context, credential);
    const found = await look(caller, inputs);
    if (!found) return;
    if (!(await isOurs(caller, state, found, written))) {
      context.warn(`${shown(inputs)} no longer holds what this stack wrote: it is left as it is`);
    } else if (before.kind === "kept" && !(await isDeadToken(context, before.value))) {
      await putSecret(caller, inputs.scope, inputs.key, before.value);
    } else {
      await deleteSecret(caller, inputs.scope, inputs.key).catch((error) => {
        if (!hasCode(error, "NOT_FOUND")) throw error;
      });
      if (before.kind === "kept") {
        context.warn(
          `${shown(inputs)} is removed: what it held before it was adopted is a token that is revoked by now`,
        );
      }
      if (before.kind === "unreadable") {
        context.warn(
          `${shown(inputs)} is removed: what it held before it was adopted could not be read to be put back`,
        );
      }
    }
  });
  await written.forget(inputs.nonce);
  places.released(place, origin, inputs.nonce);
}

/**
 * A token of this workspace that it refuses by now serves nobody. It may be this stack's own: the secret has moved
 * together with its token, in a run on a machine that did not know what stood there.
 */
async function isDeadToken(context: TokenContext, value: Secret): Promise<boolean> {
  return /^dapi[0-9a-f]{32}(-\d+)?$/.test(value.reveal()) && (await prove(context, value)).verdict === "refused";
}

const writtenBy = (inputs: SecretInputs, pulumiHome: string | undefined): WrittenValues =>
  new WrittenValues(pulumiHome, ["Secret", stackText(inputs.origin), placeOf(inputs)]);

async function takeOver(
  context: TokenContext,
  caller: Caller,
  desired: SecretInputs,
  written: WrittenValues,
): Promise<Before> {
  const value = await getSecret(caller, desired.scope, desired.key);
  // A run that was killed after it wrote left just this; or it is this stack's own, under another URN.
  if (value && (value.reveal() === desired.value.reveal() || (await written.includes(value))))
    return { kind: "nothing" };
  if (!desired.adopt) {
    throw new DatabricksTokensError(
      "ENTRY_EXISTS",
      `${shown(desired)} is there already, and this stack did not write it, or was interrupted before it could note that. ` +
        "Set adopt: true to take it over (its value, where the workspace gives it out, is kept in the state, encrypted, " +
        "and put back on destroy), or remove it first",
    );
  }
  if (value) return { kind: "kept", value };
  context.warn(`${shown(desired)} is adopted, but its value can't be read from here: destroy can't put it back`);
  return { kind: "unreadable" };
}
