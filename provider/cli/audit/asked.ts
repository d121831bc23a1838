import { isNamed, knowingAzureHost, names, sourcesFor, type WorkspaceInput } from "../../credentials";
import { DatabricksTokensError } from "../../errors";
import { surroundings } from "../../process/surroundings";
import { foreignText } from "../../workspace/foreign-text";

/** Which hosts may be asked, with the credentials of whoever runs the audit. */
export interface Asked {
  /** The state is a file: whoever wrote it may have put any host into it. */
  readonly isFile: boolean;
  /** Origins, by `--host`. */
  readonly hosts: readonly string[];
}

/**
 * Why a host is not asked: it stands in the state's file, and neither `--host` nor the environment nor a profile names
 * it. `workspaces`: what its resources ask for.
 */
export async function whyNotAsked(
  host: string,
  workspaces: readonly WorkspaceInput[],
  { isFile, hosts }: Asked,
): Promise<DatabricksTokensError | undefined> {
  if (!isFile || hosts.includes(host)) return undefined;
  for (const workspace of workspaces) if (await isNamedToday(host, workspace)) return undefined;
  const shown = foreignText(host);
  return new DatabricksTokensError(
    "HOST_NOT_NAMED",
    `It was not asked: ${shown} stands in the state's file alone, and no credential goes there. If it is your workspace, ` +
      `name it: --host ${shown}, or DATABRICKS_HOST, or host in the profile`,
  );
}

async function isNamedToday(host: string, workspace: WorkspaceInput): Promise<boolean> {
  const around = surroundings();
  const sources = sourcesFor(workspace, around);
  if (isNamed(host, {}, sources)) return true;
  for (const source of sources) {
    const id = source.get("host") === undefined ? source.get("azureWorkspaceResourceId") : undefined;
    if (id === undefined) continue;
    const known = await knowingAzureHost(around, { azureWorkspaceResourceId: id });
    try {
      if (names(known.hostOfResource?.(id), host)) return true;
    } catch {
      // Azure does not say: then it does not name this host either.
    }
  }
  return false;
}
