import { DatabricksTokensError } from "../errors";
import { quote } from "../http/quote";
import type { Properties } from "./wire";

/** @throws DatabricksTokensError STATE_NOT_OURS where a resource was written by a version with another schema */
export function assertSchemaVersion(type: string, props: Properties, expected: number): void {
  const version = props["schemaVersion"];
  if (version === expected) return;
  throw new DatabricksTokensError(
    "STATE_NOT_OURS",
    `The state has a ${type} of schema version ${quote(typeof version === "object" ? "" : `${version ?? ""}`) || "none"}; ` +
      `this package reads version ${expected}. Install the version of pulumi-databricks-tokens that wrote it, or a newer ` +
      "one; nothing was changed",
  );
}
