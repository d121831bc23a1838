import { assertSchemaVersion } from "../pulumi/schema-version";
import type { Properties } from "../pulumi/wire";
import { readEntryInputs, type WorkspaceEntryInputs } from "./check";
import { SCHEMA_VERSION } from "./secret-state";

export interface ScopeInputs extends WorkspaceEntryInputs {
  readonly name: string;
  readonly initialManagePrincipal?: string;
}

/** Version 1 of what a scope keeps in Pulumi's state, besides its inputs. */
export interface ScopeState {
  inputs: ScopeInputs;
  /** By this stack; else it was adopted, and stays on destroy. */
  created: boolean;
  drift: "" | "gone";
  /** An answer was lost: a scope of that name may be there, and is ours then. */
  creationUnknown: boolean;
}

export function readScopeInputs(props: Properties): ScopeInputs {
  const { initialManagePrincipal: principal } = props;
  return {
    ...readEntryInputs(props),
    name: String(props["name"]),
    ...(typeof principal === "string" && { initialManagePrincipal: principal }),
  };
}

export function readScopeState(props: Properties): ScopeState {
  assertSchemaVersion("SecretScope", props, SCHEMA_VERSION);
  return {
    inputs: readScopeInputs(props),
    created: props["created"] === true,
    drift: props["drift"] as ScopeState["drift"],
    creationUnknown: props["creationUnknown"] === true,
  };
}

export const writeScopeState = ({ inputs, ...state }: ScopeState): Properties => ({
  ...inputs,
  ...state,
  schemaVersion: SCHEMA_VERSION,
});
