import { parseHost } from "../workspace/host";
import { names } from "./domains";
import { type HostSource, type Surroundings, sourcesFor, type WorkspaceInput } from "./sources";

export interface ResolvedHost {
  /** An origin. */
  readonly host: string;
  readonly source: HostSource;
  /** For people: `Pulumi config databricks:host`. */
  readonly from: string;
}

/** Where the workspace is named first: by its host, or by its Azure resource id alone. */
export type Place = { readonly source: HostSource; readonly from: string } & (
  | { readonly host: string }
  | { readonly resourceId: string }
);

export function firstPlace(workspace: WorkspaceInput, surroundings: Surroundings): Place | undefined {
  const { host, azureWorkspaceResourceId: resourceId } = workspace;
  if (host !== undefined) return { host, source: "workspace", from: "workspace.host" };
  if (resourceId !== undefined) return { resourceId, source: "workspace", from: "workspace.azureWorkspaceResourceId" };
  for (const source of sourcesFor(workspace, surroundings)) {
    if (source.problem) throw source.problem;
    const named = (setting: string): string =>
      `${source.title} ${source.kind === "profile" ? "" : source.nameOf(setting)}`.trim();
    const own = source.get("host");
    if (own !== undefined) return { host: own, source: source.kind, from: named("host") };
    const id = source.get("azureWorkspaceResourceId");
    if (id !== undefined) return { resourceId: id, source: source.kind, from: named("azureWorkspaceResourceId") };
  }
  return undefined;
}

/**
 * The workspace's host by the first place that names one; undefined if none does. `known`: the origin that a resource
 * lives on already, for which the rules for names came too late.
 */
export function resolveHost(
  workspace: WorkspaceInput,
  surroundings: Surroundings,
  known?: string,
): ResolvedHost | undefined {
  const place = firstPlace(workspace, surroundings);
  if (!place) return undefined;
  const { source, from } = place;
  const host = "host" in place ? place.host : surroundings.hostOfResource?.(place.resourceId);
  if (host === undefined) return undefined;
  return { host: known !== undefined && names(host, known) ? known : parseHost(host, from), source, from };
}
