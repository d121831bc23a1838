import { firstPlace } from "./resolve-host";
import type { Surroundings, WorkspaceInput } from "./sources";

/** One look-up for all resources of a process that sign in alike; after a failure Azure is asked again. */
const lookUps = new Map<string, Promise<string>>();

/**
 * The surroundings, and in them the host where an Azure resource id is all that names the workspace. `olds`: what the
 * resource had before; its host still holds for the same id, without a call.
 */
export async function knowingAzureHost(
  surroundings: Surroundings,
  workspace: WorkspaceInput,
  olds: Pick<WorkspaceInput, "host" | "azureWorkspaceResourceId"> = {},
): Promise<Surroundings> {
  const known = (host: () => string): Surroundings => ({ ...surroundings, hostOfResource: host });
  try {
    const place = firstPlace(workspace, surroundings);
    if (!place || "host" in place) return surroundings;
    const { resourceId } = place;
    const { host: oldHost, azureWorkspaceResourceId: oldId = "" } = olds;
    const isSame = oldId.toLowerCase() === resourceId.toLowerCase();
    const host = isSame && oldHost !== undefined ? oldHost : await lookUp(resourceId, workspace, surroundings);
    return known(() => host);
  } catch (error) {
    // For whoever resolves the host: that names the property.
    return known(() => {
      throw error;
    });
  }
}

function lookUp(resourceId: string, workspace: WorkspaceInput, surroundings: Surroundings): Promise<string> {
  const key = JSON.stringify([resourceId.toLowerCase(), Object.entries(workspace).sort()]);
  const { workspaceHost } = require("./azure/workspace-host") as typeof import("./azure/workspace-host");
  const asked = lookUps.get(key) ?? workspaceHost(resourceId, workspace, surroundings);
  lookUps.set(key, asked);
  asked.catch(() => lookUps.delete(key));
  return asked;
}
