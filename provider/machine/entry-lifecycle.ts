import { beginCheck, checkBooleans } from "../pulumi/begin-check";
import type { CheckFailure } from "../pulumi/check-failures";
import { originText, stackText } from "../pulumi/origin";
import { PlaceRegistry } from "../pulumi/place-registry";
import { SavedFailure } from "../pulumi/saved-failure";
import { type Properties, UNKNOWN } from "../pulumi/wire";
import { WrittenValues } from "../pulumi/written-values";
import { put, type Site, takeBack } from "./entry-edit";
import { type EntryInputs, type EntryRecord, type EntryState, readInputs, readState, writeState } from "./entry-state";
import { type Store, type StoreContext, sameValue } from "./store";

/**
 * The life of an entry in a store of this machine. It is written where nothing stands, or what this resource wrote, or
 * what it may adopt; and removed, or what was adopted put back, only while it holds what this resource wrote.
 */
export class EntryLifecycle {
  readonly #places = new PlaceRegistry();

  constructor(private readonly store: Store) {}

  /** Validates the inputs at preview, mints the nonce, and sees to it that no two entries of a program share a place. */
  async check(context: StoreContext, olds: Properties, news: Properties) {
    const failures: CheckFailure[] = [];
    const fail = (property: string, reason: string): void => void failures.push({ property, reason });
    const inputs = beginCheck(olds, news);
    checkBooleans(inputs, ["adopt"], fail);
    await this.store.check(context, inputs, fail);
    const { placeKeys, type } = this.store;
    if (failures.length === 0 && !placeKeys.some((key) => inputs[key] === UNKNOWN)) {
      const { where, origin } = readInputs(this.store, inputs);
      const place = this.store.place(context, where);
      const other = this.#places.claim(place.key, originText(origin));
      if (other)
        fail(placeKeys[0]!, `${place.shown} is already the place of ${type} ${other}: one place, one resource`);
    }
    return { inputs, failures };
  }

  /** Makes no call. Nothing replaces: another place is moved to, so that the new entry is there before the old one goes. */
  diff({ machineId }: StoreContext, olds: Properties, news: Properties): { changes: boolean; replaces: string[] } {
    const { placeKeys, attributeKeys, secretKey } = this.store;
    if ([...placeKeys, ...attributeKeys, secretKey].some((key) => news[key] === UNKNOWN)) {
      return { changes: true, replaces: [] };
    }
    const state = readState(this.store, olds);
    const desired = readInputs(this.store, news);
    const here = state.machineId === machineId;
    // The same program names another file on another machine: that is no move.
    const keys = placeKeys.filter((key) => here || key !== "file");
    const changes =
      keys.some((key) => desired.where[key] !== state.entry.where[key]) ||
      !sameValue(desired.value, state.entry.value) ||
      (here && (state.drift !== "" || state.leftovers.length > 0)) ||
      // Renamed, or moved into a component, with an alias: the state says who it is by now.
      (here && originText(desired.origin) !== originText(state.inputs.origin));
    return { changes, replaces: [] };
  }

  async create(context: StoreContext, props: Properties): Promise<{ id: string; outs: Properties }> {
    const { where, value, ...inputs } = readInputs(this.store, props);
    const entry = await this.#put(context, { where, value, ...inputs });
    const { machineId, machineName } = context;
    const state: EntryState = { inputs, entry, drift: "", leftovers: [], machineId, machineName };
    return { id: inputs.nonce, outs: writeState(this.store, state) };
  }

  /** Only marks what it finds: an entry that is gone or was changed is written again by the next `up`. */
  async read(context: StoreContext, id: string, props: Properties): Promise<{ id: string; props: Properties }> {
    const state = readState(this.store, props);
    if (this.#isHere(context, state, "not looked at")) {
      const found = await this.store.place(context, state.entry.where).look();
      if (!found) state.drift = "gone";
      else state.drift = sameValue(found.value, state.entry.value) ? "" : "changed";
    }
    return { id, props: { ...writeState(this.store, state), __provider: props["__provider"] } };
  }

  async update(context: StoreContext, olds: Properties, news: Properties): Promise<{ outs: Properties }> {
    const state = readState(this.store, olds);
    const desired = readInputs(this.store, news);
    if (!this.#isHere(context, state, "NOT updated, and holds the old value")) {
      return { outs: writeState(this.store, state) };
    }
    const keyOf = ({ where }: { where: EntryRecord["where"] }): string => this.store.place(context, where).key;
    const moved = keyOf(desired) !== keyOf(state.entry);
    const known = [state.entry, ...state.leftovers].find((record) => keyOf(record) === keyOf(desired));
    const entry = await this.#put(context, desired, known);
    // What is noted under the stack's name of before it was renamed.
    if (stackText(desired.origin) !== stackText(state.inputs.origin)) {
      await this.#site(context, state.inputs, state.entry.where).written.forget(desired.nonce);
    }
    const { where: _, value: __, ...inputs } = desired;
    if (moved) state.leftovers.push(state.entry);
    Object.assign(state, { inputs, entry, drift: "" });
    try {
      await this.#removeLeftovers(context, state, keyOf(entry));
    } catch (error) {
      const properties = { ...writeState(this.store, state), __provider: news["__provider"] };
      throw new SavedFailure(desired.nonce, properties, error as Error);
    }
    return { outs: writeState(this.store, state) };
  }

  async delete(context: StoreContext, props: Properties): Promise<void> {
    const state = readState(this.store, props);
    if (!this.#isHere(context, state, "left there: remove it on that machine")) return;
    await this.#removeLeftovers(context, state);
    await this.#takeBack(context, state, state.entry);
  }

  /** `except`: a place that holds the entry again. */
  async #removeLeftovers(context: StoreContext, state: EntryState, except?: string): Promise<void> {
    for (const left of [...state.leftovers]) {
      if (this.store.place(context, left.where).key !== except) await this.#takeBack(context, state, left);
      state.leftovers = state.leftovers.filter((item) => item !== left);
    }
  }

  /** `known` is what this resource has written there before. */
  async #put(context: StoreContext, desired: EntryInputs, known?: EntryRecord): Promise<EntryRecord> {
    const { where, value, nonce } = desired;
    const site = this.#site(context, desired, where);
    const adopted = await put(context, site, desired, known);
    this.#places.written(site.place.key, nonce);
    return { where, value, ...(adopted && { adopted }) };
  }

  async #takeBack(context: StoreContext, { inputs }: EntryState, entry: EntryRecord): Promise<void> {
    const site = this.#site(context, inputs, entry.where);
    const { key, shown } = site.place;
    const origin = originText(inputs.origin);
    // Another resource took the place over in this run.
    if (this.#places.isElsewhere(key, origin, inputs.nonce)) {
      if (entry.adopted) {
        context.warn(
          `${shown} is another resource's now; what stood there before it was adopted is not kept any longer. ` +
            "(To rename or move a resource, give it an alias: then nothing is lost.)",
        );
      }
      return site.written.forget(inputs.nonce);
    }
    await takeBack(context, site, entry, inputs.nonce);
    this.#places.released(key, origin, inputs.nonce);
  }

  #site(context: StoreContext, { origin }: Pick<EntryInputs, "origin">, where: EntryRecord["where"]): Site {
    const place = this.store.place(context, where);
    return { place, written: new WrittenValues(context.pulumiHome, [this.store.type, stackText(origin), place.key]) };
  }

  #isHere({ machineId, machineName, warn }: StoreContext, state: EntryState, consequence: string): boolean {
    if (state.machineId === machineId) return true;
    const { type, placeKeys } = this.store;
    const where = placeKeys.map((key) => state.entry.where[key]).join(", ");
    warn(
      `${type} ${state.inputs.origin.name} (${where}) is not here: it is on the machine ${state.machineName}, and this is ` +
        `${machineName}. The entry is ${consequence}`,
    );
    return false;
  }
}
