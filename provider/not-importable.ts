import { DatabricksTokensError } from "./errors";
import type { Properties } from "./token/state";

/** Why a resource of this package can't be read into a state that has not made it, and what to do instead. */
export function notImportable(type: string): string {
  if (type === "Token") {
    return (
      "A token that exists can't be imported, nor read by its id: Databricks shows a token's value once, when it is " +
      "minted. Leave `import` and `id` out: `pulumi up` mints a new token. Hand that to whoever uses the old one, then " +
      "revoke the old one. The token of another stack is read by a StackReference to that stack's output"
    );
  }
  return (
    `What exists can't be imported as a ${type}, nor read by its id: only the stack that wrote it knows what it holds. ` +
    "Leave `import` and `id` out, and set adopt: true: `pulumi up` then takes over what is there"
  );
}

/** @throws DatabricksTokensError STATE_NOT_OURS where a read is asked with nothing that this package has written. */
export function assertMadeHere(type: string, props: Properties): void {
  if (props["schemaVersion"] === undefined) throw new DatabricksTokensError("STATE_NOT_OURS", notImportable(type));
}
