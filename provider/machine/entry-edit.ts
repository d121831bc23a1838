import { DatabricksTokensError, hasCode } from "../errors";
import type { WrittenValues } from "../pulumi/written-values";
import type { Secret } from "../secret";
import type { EntryInputs, EntryRecord } from "./entry-state";
import { type Edit, type FoundEntry, type Place, type StoreContext, sameValue } from "./store";

/** A place, and what is known of whose values have stood there. */
export interface Site {
  readonly place: Place;
  readonly written: WrittenValues;
}

/** Writes the entry; `known` is what this resource has written there before. Gives what it took over. */
export async function put(
  { warn }: Pick<StoreContext, "warn">,
  { place, written }: Site,
  { value, adopt, nonce }: EntryInputs,
  known?: EntryRecord,
): Promise<Secret | undefined> {
  let adopted = known?.adopted;
  const decide = async (found: FoundEntry | undefined): Promise<Edit | undefined> => {
    // A run that was killed after it wrote left just this.
    if (found && sameValue(found.value, value)) return undefined;
    if (found && !known) {
      // This stack's own, under another URN or by a killed run: nobody's to be asked for, nor to be put back.
      const isOurs = await written.includes(found.value.secret);
      if (!isOurs && !adopt && !found.isVacant) throw exists(place);
      if (!isOurs) adopted = found.raw;
    }
    if (
      found &&
      known &&
      !sameValue(found.value, known.value) &&
      !(await written.includes(found.value.secret, nonce))
    ) {
      warn(`${place.shown} was changed elsewhere; it is written again`);
    }
    return { kind: "write", value };
  };
  await place.edit(async (found) => {
    const edit = await decide(found);
    // Before it is written: the run may be killed right after.
    await written.add(nonce, value.secret);
    return edit;
  });
  return adopted;
}

/** Removes the entry, or puts back what it took over, while it holds what this resource wrote. */
export async function takeBack(
  { warn }: Pick<StoreContext, "warn">,
  { place, written }: Site,
  { value, adopted }: EntryRecord,
  nonce: string,
): Promise<void> {
  /** A run that was killed wrote a value that the state has not. */
  const isOurs = async ({ attributes, secret }: FoundEntry["value"]): Promise<boolean> =>
    sameValue({ attributes, secret: value.secret }, value) &&
    (secret.reveal() === value.secret.reveal() || (await written.includes(secret, nonce)));
  const decide = async (found: FoundEntry | undefined): Promise<Edit | undefined> => {
    if (!found) return undefined;
    if (await isOurs(found.value)) return adopted ? { kind: "restore", raw: adopted } : { kind: "remove" };
    warn(`${place.shown} no longer holds what this stack wrote: it is left as it is`);
    return undefined;
  };
  try {
    if (await place.look()) await place.edit(decide);
  } catch (error) {
    // Which of them is ours can't be told: that must not keep a destroy from what comes after, the token.
    if (!hasCode(error, "ENTRY_AMBIGUOUS")) throw error;
    warn(`${place.shown} is left as it is: ${error.message}`);
  }
  await written.forget(nonce);
}

function exists({ shown }: Place): DatabricksTokensError {
  return new DatabricksTokensError(
    "ENTRY_EXISTS",
    `${shown} is there already, and this stack did not write it, as far as this machine knows. If it is this stack's, under ` +
      "the resource's earlier name or parent, give the resource an alias. Else set adopt: true to take it over (its " +
      "value is kept in the state, encrypted, and put back on destroy), or remove it first",
  );
}
