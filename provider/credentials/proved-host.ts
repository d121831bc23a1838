import { DatabricksTokensError } from "../errors";
import type { Authorization } from "../workspace/authorization";
import { foreignText } from "../workspace/foreign-text";
import { isAzureHost } from "./domains";
import type { WorkspaceInput } from "./sources";
import type { SignIn, Strategy } from "./strategy";
import type { View } from "./view";

/** What Azure says of an id hardly changes while a process runs; it is asked once. */
const LOOK_UP_MS = 60_000;

/**
 * A way in that gives nothing to a host before Azure has said that it is the workspace of the resource ids on which the
 * way in relies: a source that names its workspace by an id alone is for that workspace's host alone, and tokens of
 * Entra ID go beyond Azure's domains only to the host of the id that is set.
 */
export function provedHost(
  authorization: Authorization,
  strategy: Strategy,
  signIn: SignIn,
  view: View,
  workspace: WorkspaceInput,
): Authorization {
  const ids = idsToProve(strategy, view);
  if (ids.length === 0) return authorization;
  const headers = async (deadline = Date.now() + LOOK_UP_MS) => {
    const { addressOf } = require("./azure/workspace-host") as typeof import("./azure/workspace-host");
    const asker = strategy.kind === "azure" ? { strategy, signIn } : undefined;
    for (const id of ids) {
      const until = Math.min(deadline, Date.now() + LOOK_UP_MS);
      const address = await addressOf(id, workspace, view.surroundings, until, asker).catch((error) => {
        throw error instanceof DatabricksTokensError ? notTold(error, id, view) : error;
      });
      if (address !== signIn.host) throw otherHost(strategy.name, signIn, id, address);
    }
    return authorization.headers(deadline);
  };
  return { ...authorization, headers };
}

function idsToProve({ kind }: Strategy, { host, source, setting }: View): string[] {
  const own = source.get("host") === undefined ? source.get("azureWorkspaceResourceId") : undefined;
  const set = kind === "azure" && !isAzureHost(host) ? setting("azureWorkspaceResourceId") : undefined;
  return [...new Set([own, set].flatMap((id) => id ?? []))];
}

function notTold({ code, text }: DatabricksTokensError, id: string, { host, source }: View): DatabricksTokensError {
  const isOwn = source.get("host") === undefined && source.get("azureWorkspaceResourceId") === id;
  const toDo = isOwn ? `. Or name its host beside it: ${source.nameOf("host")}` : "";
  const what = `Whether ${host} is the workspace ${foreignText(id)} could not be told`;
  return new DatabricksTokensError(code, `${what}: ${text}${toDo}`);
}

/** As a refusal: for read and delete the next source may do. */
function otherHost(strategy: string, { host, from }: SignIn, id: string, address: string): DatabricksTokensError {
  return new DatabricksTokensError(
    "CREDENTIAL_REFUSED",
    `The sign-in ${strategy} (${from}) does not go to ${host}: the workspace of its Azure resource id ${foreignText(id)} is ${address}. ` +
      "Name the id of the workspace that is meant, or none",
  );
}
