import { DatabricksTokensError } from "../../errors";
import { ambientSource } from "../ambient";
import { askAuthority } from "../authority";
import { bearerHeader } from "../granted";
import { notAskedFor } from "../meant-for";
import { type Surroundings, sourcesFor, type WorkspaceInput } from "../sources";
import { STRATEGIES } from "../strategies";
import type { SignIn, Strategy } from "../strategy";
import { signInOf, viewOf } from "../view";
import { cloudOf } from "./cloud";
import { entraTokens } from "./entra";
import { resourceIdOf } from "./resource-id";

const API_VERSION = "2018-04-01";
const LOOK_UP_MS = 60_000;

/** The address of the workspace with that Azure resource id, as Azure Resource Manager gives it. */
export async function workspaceHost(
  resourceId: string,
  workspace: WorkspaceInput,
  surroundings: Surroundings,
): Promise<string> {
  const { strategy, signIn } = azureSignIn({ ...workspace, azureWorkspaceResourceId: resourceId }, surroundings);
  const id = resourceIdOf(signIn)!;
  const until = Date.now() + LOOK_UP_MS;
  const { resourceManager, managementScope } = cloudOf(signIn);
  const make = strategy.load().entra!(signIn);
  const token = await entraTokens(strategy.name, signIn, make, managementScope)(until);
  const { properties } = await askAuthority(strategy.name, signIn, {
    method: "GET",
    url: `${resourceManager}${id}?api-version=${API_VERSION}`,
    headers: { authorization: bearerHeader(token) },
    until,
    absent: "Azure has no such workspace, or its identity may not see it (role Reader)",
  });
  const { workspaceUrl } = Object(properties) as { workspaceUrl?: unknown };
  if (typeof workspaceUrl === "string" && workspaceUrl !== "") return workspaceUrl;
  throw new DatabricksTokensError("UNEXPECTED_ANSWER", `${resourceManager} gave no address of the workspace ${id} yet`);
}

/** The first sign-in of Entra ID that a source offers, else the machine. The resource manager stands for the host. */
function azureSignIn(workspace: WorkspaceInput, surroundings: Surroundings): { strategy: Strategy; signIn: SignIn } {
  const sources = sourcesFor(workspace, surroundings).filter(
    (source) => !source.problem && !notAskedFor(workspace, source),
  );
  // As in the chain: what the workspace or the config forces holds for every source, and is never passed over.
  const forced = workspace.authType ?? sources.find(({ kind }) => kind === "config")?.get("authType");
  const isAsked = forced !== undefined || sources.some((source) => source.get("authType") !== undefined);
  const lacking: string[] = [];
  for (const source of isAsked ? sources : [...sources, ambientSource]) {
    const isAmbient = source === ambientSource;
    const view = viewOf("", workspace, surroundings, source, sources);
    const authType = forced ?? source.get("authType");
    for (const strategy of STRATEGIES.filter(({ kind }) => kind === "azure")) {
      if (authType === undefined ? isAmbient !== (strategy.ambient ?? false) : authType !== strategy.name) continue;
      const lacks = view.lacks(strategy, isAmbient || strategy.name === authType);
      if (lacks === undefined) return { strategy, signIn: signInOf(strategy, view) };
      lacking.push(`${source.title}: ${lacks} (${strategy.name})`);
    }
  }
  throw new DatabricksTokensError(
    "NO_CREDENTIALS",
    `The workspace is named by its Azure resource id alone, and there is no sign-in of Entra ID to look its address up ` +
      `with:\n${lacking.map((reason) => `- ${reason}\n`).join("")}Set host, or one of these`,
  );
}
