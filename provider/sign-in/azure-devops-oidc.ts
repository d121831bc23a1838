import { DatabricksTokensError } from "../errors";
import { Secret } from "../secret";
import type { Authorization } from "../workspace/authorization";
import type { Settings, SignIn } from "./strategy";
import { tokenExchange } from "./token-exchange";
import { askAuthority } from "./token-request";

const NAME = "azure-devops-oidc";
/** What every job of Azure Pipelines has; the first one only where the pipeline hands it on. */
const NEEDED = [
  "SYSTEM_ACCESSTOKEN",
  "SYSTEM_TEAMFOUNDATIONCOLLECTIONURI",
  "SYSTEM_TEAMPROJECTID",
  "SYSTEM_HOSTTYPE",
  "SYSTEM_PLANID",
  "SYSTEM_JOBID",
] as const;
const API_VERSION = "7.2-preview.1";

export function lacks({ surroundings: { env } }: Settings): string | undefined {
  const missing = NEEDED.filter((name) => !env[name]);
  if (missing.length === 0) return undefined;
  return `no ${missing.join(", ")}: not in a job of Azure Pipelines that maps SYSTEM_ACCESSTOKEN into its environment`;
}

/**
 * A job of Azure Pipelines: its identity token, exchanged at the workspace. Its audience is fixed
 * (`api://AzureADTokenExchange`), so the federation policy of the service principal must name that one.
 */
export function authorize(signIn: SignIn): Authorization {
  return tokenExchange(NAME, signIn, async (_endpoint, until) => {
    const [token, collection, project, hub, plan, job] = NEEDED.map((name) => signIn.surroundings.env[name] ?? "");
    const path = [project, "_apis/distributedtask/hubs", hub, "plans", plan, "jobs", job, "oidctoken"].join("/");
    const url = `${collection?.replace(/\/?$/, "/")}${path}?api-version=${API_VERSION}`;
    const headers = { authorization: new Secret(`Bearer ${token}`) };
    const { oidcToken } = await askAuthority(NAME, signIn, { method: "POST", url, headers, until });
    if (typeof oidcToken === "string" && oidcToken !== "") return new Secret(oidcToken);
    throw new DatabricksTokensError("UNEXPECTED_ANSWER", "Azure Pipelines gave no identity token for this job");
  });
}
