import { assertSchemaVersion } from "../pulumi/schema-version";
import { type Properties, secret, unwrap } from "../pulumi/wire";
import { Secret } from "../secret";
import { readEntryInputs, type WorkspaceEntryInputs } from "./check";

/** Version 1 of what a secret keeps in Pulumi's state. Names and shapes are for ever: STATE.md lists them. */
export const SCHEMA_VERSION = 1;

/** Outputs that hold a secret: marked on the wire, and named in `additionalSecretOutputs` besides. */
export const SECRET_OUTPUTS = ["stringValue", "adopted"] as const;

export interface SecretInputs extends WorkspaceEntryInputs {
  readonly scope: string;
  readonly key: string;
  readonly value: Secret;
}

/** What stood there before: nothing, a value that is kept, or one that the workspace does not give out. */
export type Before = { readonly kind: "nothing" | "unreadable" } | { readonly kind: "kept"; readonly value: Secret };

export interface SecretState {
  /** What was written, as far as that is known. */
  inputs: SecretInputs;
  before: Before;
  /** When the workspace says that it was written, epoch ms; 0: not known. */
  lastUpdated: number;
  drift: "" | "gone" | "changed";
  /** Whether a write is of unknown outcome or time: what stands there then counts as ours, and is written again. */
  writeUnknown: boolean;
}

export function readSecretInputs(props: Properties): SecretInputs {
  return {
    ...readEntryInputs(props),
    scope: String(props["scope"]),
    key: String(props["key"]),
    value: new Secret(String(unwrap(props["stringValue"]) ?? "")),
  };
}

export function readSecretState(props: Properties): SecretState {
  assertSchemaVersion("Secret", props, SCHEMA_VERSION);
  const kind = props["before"] as Before["kind"];
  const adopted = String(unwrap(props["adopted"]) ?? "");
  return {
    inputs: readSecretInputs(props),
    before: kind === "kept" ? { kind, value: new Secret(adopted) } : { kind },
    lastUpdated: Number(props["lastUpdatedTimestamp"]),
    drift: props["drift"] as SecretState["drift"],
    writeUnknown: props["writeUnknown"] === true,
  };
}

/** The outputs that Pulumi keeps: secrets marked, nothing undefined. */
export function writeSecretState({ inputs, before, ...state }: SecretState): Properties {
  const { value, ...plain } = inputs;
  return {
    ...plain,
    stringValue: secret(value.reveal()),
    schemaVersion: SCHEMA_VERSION,
    lastUpdatedTimestamp: state.lastUpdated,
    drift: state.drift,
    writeUnknown: state.writeUnknown,
    before: before.kind,
    adopted: secret(before.kind === "kept" ? before.value.reveal() : ""),
  };
}
