import { redact } from "../secret";
import type { Properties } from "./wire";

/**
 * A failed create or update whose resource is saved all the same: Pulumi's host reads `id`, `properties` and
 * `reasons` from the error and keeps them as the resource's state.
 */
export class SavedFailure extends Error {
  declare readonly properties: Properties;

  constructor(
    readonly id: string,
    properties: Properties,
    cause: Error,
  ) {
    super(redact(cause.message), { cause });
    this.name = "SavedFailure";
    // They hold secrets: whoever prints the error must not see them.
    Object.defineProperty(this, "properties", { value: properties, enumerable: false });
  }

  get reasons(): string[] {
    return [this.message];
  }
}
