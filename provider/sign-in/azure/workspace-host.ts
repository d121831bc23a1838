import { DatabricksTokensError } from "../../errors";
import { parseHost } from "../../workspace/host";
import { fetchedToken, forgetToken } from "../cached-sign-in";
import { detectedSource } from "../detected";
import { bearerHeader } from "../oauth-response";
import { whyNotForIdentity } from "../source-filter";
import { type Surroundings, sourcesFor, type WorkspaceInput } from "../sources";
import { STRATEGIES } from "../strategies";
import type { SignIn, Strategy } from "../strategy";
import { askAuthority } from "../token-request";
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
  return addressOf(resourceId, workspace, surroundings, Date.now() + LOOK_UP_MS);
}

/** Who asks Azure, by a sign-in of Entra ID. */
interface Asker {
  readonly strategy: Strategy;
  readonly signIn: SignIn;
}

/** What Azure has answered this process. */
const addresses = new Map<string, string>();

/** The origin of that workspace. `asker`: whose sign-in is at hand; else one is looked for in the sources. */
export async function addressOf(
  resourceId: string,
  workspace: WorkspaceInput,
  surroundings: Surroundings,
  until: number,
  asker?: Asker,
): Promise<string> {
  const { strategy, signIn } =
    asker ?? azureSignIn({ ...workspace, azureWorkspaceResourceId: resourceId }, surroundings);
  const { nameOf } = signIn;
  const id = resourceIdOf({ setting: () => resourceId, nameOf })!;
  const { resourceManager, managementScope } = cloudOf(signIn);
  const key = `${resourceManager}${id.toLowerCase()}`;
  const known = addresses.get(key);
  if (known !== undefined) return known;
  const fetch = entraTokens(strategy.name, signIn, strategy.load().entra!(signIn), managementScope);
  const token = await fetchedToken(strategy.name, signIn, "management", fetch, until);
  const { properties } = await askAuthority(strategy.name, signIn, {
    method: "GET",
    url: `${resourceManager}${id}?api-version=${API_VERSION}`,
    headers: { authorization: bearerHeader(token) },
    until,
    absent: "Azure has no such workspace, or its identity may not see it (role Reader)",
  }).catch((error) => {
    forgetToken(signIn, "management", token);
    throw error;
  });
  const { workspaceUrl } = Object(properties) as { workspaceUrl?: unknown };
  if (typeof workspaceUrl === "string" && workspaceUrl !== "") {
    const address = parseHost(workspaceUrl, `workspaceUrl of ${id}`);
    addresses.set(key, address);
    return address;
  }
  throw new DatabricksTokensError("UNEXPECTED_ANSWER", `${resourceManager} gave no address of the workspace ${id} yet`);
}

/** The first sign-in of Entra ID that a source offers, else the machine. The resource manager stands for the host. */
function azureSignIn(workspace: WorkspaceInput, surroundings: Surroundings): { strategy: Strategy; signIn: SignIn } {
  const sources = sourcesFor(workspace, surroundings).filter(
    (source) => !source.problem && !whyNotForIdentity(workspace, source),
  );
  // As in the chain: what the workspace or the config forces holds for every source, and is never passed over.
  const forced = workspace.authType ?? sources.find(({ kind }) => kind === "config")?.get("authType");
  const isAsked = forced !== undefined || sources.some((source) => source.get("authType") !== undefined);
  const lacking: string[] = [];
  for (const source of isAsked ? sources : [...sources, detectedSource]) {
    const isDetected = source === detectedSource;
    const view = viewOf("", workspace, surroundings, source, sources);
    const authType = forced ?? source.get("authType");
    for (const strategy of STRATEGIES.filter(({ kind }) => kind === "azure")) {
      if (authType === undefined ? isDetected !== (strategy.detected ?? false) : authType !== strategy.name) continue;
      const lacks = view.lacks(strategy, isDetected || strategy.name === authType);
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
