import { DatabricksTokensError } from "../../errors";
import type { Settings } from "../strategy";

const SHAPE =
  /^\/subscriptions\/[^/\s]+\/resourceGroups\/[^/\s]+\/providers\/Microsoft\.Databricks\/workspaces\/[^/\s]+$/i;

/** The workspace's Azure resource id, if it is set. @throws DatabricksTokensError INVALID_CONFIG */
export function resourceIdOf({ setting, nameOf }: Pick<Settings, "setting" | "nameOf">): string | undefined {
  const id = setting("azureWorkspaceResourceId")?.replace(/\/$/, "");
  if (id === undefined || (SHAPE.test(id) && /^[\x21-\x7e]+$/.test(id))) return id;
  throw new DatabricksTokensError(
    "INVALID_CONFIG",
    `${nameOf("azureWorkspaceResourceId")} must be of the form ` +
      "/subscriptions/.../resourceGroups/.../providers/Microsoft.Databricks/workspaces/...",
  );
}
