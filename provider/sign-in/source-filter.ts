import { originOf } from "../workspace/host";
import { namespaceOf, type Source, type WorkspaceInput } from "./sources";

/** What tells identities and workspaces apart; `workspace` may name them for every source. */
const IDENTIFYING = ["clientId", "azureClientId", "azureTenantId", "azureWorkspaceResourceId"] as const;

/** Why the credentials of a source are not of the identity asked for; undefined if they are. */
export function whyNotForIdentity(workspace: WorkspaceInput, source: Source): string | undefined {
  for (const name of IDENTIFYING) {
    const [asked, own] = [workspace[name], source.get(name)];
    if (asked !== undefined && own !== undefined && asked.toLowerCase() !== own.toLowerCase()) {
      return `its ${source.nameOf(name)} is another one than workspace.${name}`;
    }
  }
  return undefined;
}

/** Why the credentials of a source are not for this host, or not of the identity asked for; undefined if they are. */
export function whyNotForHost(host: string, workspace: WorkspaceInput, source: Source): string | undefined {
  const other = whyNotForIdentity(workspace, source);
  if (other !== undefined) return other;
  const own = source.get("host");
  if (own === undefined) {
    // The environment's and the profile's credentials belong to the first workspace, not to one of another namespace.
    const foreign =
      namespaceOf(workspace) !== "databricks" && source.kind !== "config" && workspace.profile === undefined;
    return foreign ? "names no host, so its credentials are not for a second workspace" : undefined;
  }
  let origin: string;
  try {
    origin = originOf(own);
  } catch {
    return `its host (${source.nameOf("host")}) can't be read`;
  }
  return origin === host ? undefined : `its credentials are for ${origin}`;
}
