import type { EntryOrigin } from "../pulumi/origin";
import { assertSchemaVersion } from "../pulumi/schema-version";
import { type Properties, secret, unwrap } from "../pulumi/wire";
import { Secret } from "../secret";
import type { EntryValue, Store } from "./store";

/** Version 1 of what an entry keeps in Pulumi's state. Names and shapes are for ever: STATE.md lists them. */
export const SCHEMA_VERSION = 1;

/** One entry as it was written. */
export interface EntryRecord {
  readonly where: Readonly<Record<string, string>>;
  readonly value: EntryValue;
  /** What was there before, and is put back at the end. */
  readonly adopted?: Secret;
}

/** What the last look found: as written, not there, or something else. */
export type Drift = "" | "gone" | "changed";

export interface EntryInputs {
  readonly where: Readonly<Record<string, string>>;
  readonly value: EntryValue;
  readonly path?: string;
  readonly adopt: boolean;
  readonly origin: EntryOrigin;
  /** 24 hex digits: the resource's Pulumi id. */
  readonly nonce: string;
}

export interface EntryState {
  inputs: Omit<EntryInputs, "where" | "value">;
  entry: EntryRecord;
  drift: Drift;
  /** Entries at places that this one has moved away from, and that could not be removed yet. */
  leftovers: EntryRecord[];
  machineId: string;
  machineName: string;
}

/** Outputs that hold a secret: marked on the wire, and named in `additionalSecretOutputs` besides. */
export const secretOutputs = (store: Pick<Store, "secretKey">): string[] => [store.secretKey, "adopted", "leftovers"];

export function readInputs(store: Store, props: Properties): EntryInputs {
  const text = (key: string): string => String(unwrap(props[key]) ?? "");
  const texts = (keys: readonly string[]) => Object.fromEntries(keys.map((key) => [key, text(key)]));
  return {
    where: texts(store.placeKeys),
    value: { attributes: texts(store.attributeKeys), secret: new Secret(text(store.secretKey)) },
    ...(typeof props["path"] === "string" && { path: props["path"] }),
    adopt: props["adopt"] === true,
    origin: props["origin"] as EntryOrigin,
    nonce: text("nonce"),
  };
}

export function readState(store: Store, props: Properties): EntryState {
  assertSchemaVersion(store.type, props, SCHEMA_VERSION);
  const { where, value, ...inputs } = readInputs(store, props);
  const leftovers = (unwrap(props["leftovers"]) as StoredRecord[] | undefined) ?? [];
  return {
    inputs,
    entry: { where, value, ...adoptedOf(unwrap(props["adopted"])) },
    drift: (props["drift"] as Drift | undefined) ?? "",
    leftovers: leftovers.map((record) => ({
      where: record.where,
      value: { attributes: record.attributes, secret: new Secret(record.secret) },
      ...adoptedOf(record.adopted),
    })),
    machineId: String(props["machineId"]),
    machineName: String(props["machineName"]),
  };
}

/** The outputs that Pulumi keeps: secrets marked, nothing undefined. */
export function writeState(store: Store, state: EntryState): Properties {
  const { entry, inputs } = state;
  return {
    ...entry.where,
    ...entry.value.attributes,
    [store.secretKey]: secret(entry.value.secret.reveal()),
    ...(inputs.path !== undefined && { path: inputs.path }),
    adopt: inputs.adopt,
    origin: inputs.origin,
    nonce: inputs.nonce,
    schemaVersion: SCHEMA_VERSION,
    machineId: state.machineId,
    machineName: state.machineName,
    drift: state.drift,
    adopted: secret(entry.adopted?.reveal() ?? ""),
    leftovers: secret(
      state.leftovers.map(
        ({ where, value, adopted }): StoredRecord => ({
          where,
          attributes: value.attributes,
          secret: value.secret.reveal(),
          adopted: adopted?.reveal() ?? "",
        }),
      ),
    ),
  };
}

interface StoredRecord {
  readonly where: Readonly<Record<string, string>>;
  readonly attributes: Readonly<Record<string, string>>;
  readonly secret: string;
  /** Empty: there was nothing before. */
  readonly adopted: string;
}

const adoptedOf = (raw: unknown): { adopted?: Secret } =>
  typeof raw === "string" && raw !== "" ? { adopted: new Secret(raw) } : {};
