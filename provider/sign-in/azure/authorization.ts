import { DatabricksTokensError } from "../../errors";
import { Secret } from "../../secret";
import type { Authorization } from "../../workspace/authorization";
import { cachedSignIn } from "../cached-sign-in";
import { claimsOf } from "../claims";
import { bearerHeader } from "../oauth-response";
import type { SignIn } from "../strategy";
import type { FetchedToken } from "../token-cache";
import { cloudOf, DATABRICKS_SCOPE } from "./cloud";
import { entraTokens, type MakeCredential } from "./entra";
import { resourceIdOf } from "./resource-id";

/**
 * Signs in with tokens of Entra ID. Where the workspace's resource id is set, two headers more admit a service principal
 * that is not a member yet: it becomes one if it may in Azure.
 */
export function entraAuthorization(strategy: string, signIn: SignIn, make: MakeCredential): Authorization {
  const { managementScope } = cloudOf(signIn);
  const resourceId = resourceIdOf(signIn);
  const tokens = (scope: string) => entraTokens(strategy, signIn, make, scope);
  return cachedSignIn(strategy, signIn, async (token) => {
    const databricks = await token("databricks", tokens(DATABRICKS_SCOPE));
    const headers: Record<string, Secret> = { authorization: bearerHeader(databricks) };
    if (resourceId === undefined) return headers;
    headers["x-databricks-azure-workspace-resource-id"] = new Secret(resourceId);
    if (isPerson(databricks)) return headers;
    try {
      const { value } = await token("management", tokens(managementScope));
      headers["x-databricks-azure-sp-management-token"] = value;
    } catch (error) {
      // A member needs none; somebody who is signed in with a CLI may not be allowed to get one.
      if (strategy !== "azure-cli" || !(error instanceof DatabricksTokensError)) throw error;
    }
    return headers;
  });
}

/** Only people have a user principal name. */
const isPerson = ({ value }: FetchedToken): boolean => typeof claimsOf(value)?.["upn"] === "string";
