import { workspaceIdIn } from "../workspace/host";
import { names } from "./domains";
import { type Surroundings, sourcesFor, type WorkspaceInput } from "./sources";

/** The id that a workspace must have, and who says so. */
export interface ExpectedWorkspace {
  readonly id: string;
  /** For people: `DATABRICKS_WORKSPACE_ID of the environment`. */
  readonly from: string;
}

/**
 * The workspace's id that people wrote beside its address: `?o=` in the address, or `workspace_id` of a profile,
 * `databricks:workspaceId`, DATABRICKS_WORKSPACE_ID. A source that names another host speaks of that one.
 */
export function expectedWorkspace(
  host: string,
  workspace: WorkspaceInput,
  surroundings: Surroundings,
): ExpectedWorkspace | undefined {
  const own = idIn(workspace.host, host);
  if (own !== undefined) return { id: own, from: "?o= of workspace.host" };
  for (const source of sourcesFor(workspace, surroundings)) {
    const named = source.get("host");
    if (source.problem || (named !== undefined && !names(named, host))) continue;
    const inAddress = idIn(named, host);
    if (inAddress !== undefined) return { id: inAddress, from: `?o= of ${source.nameOf("host")} (${source.title})` };
    const id = source.get("workspaceId");
    if (id !== undefined) return { id: id.trim(), from: `${source.nameOf("workspaceId")} (${source.title})` };
  }
  return undefined;
}

const idIn = (text: string | undefined, host: string): string | undefined =>
  text !== undefined && names(text, host) ? workspaceIdIn(text) : undefined;
