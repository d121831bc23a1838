import { DatabricksTokensError } from "../../errors";
import { quote } from "../../http/quote";
import { Secret } from "../../secret";
import type { Authorization } from "../../workspace/authorization";
import { claimsOf } from "../claims";
import { onPath } from "../command";
import type { Settings, SignIn } from "../strategy";
import { entraAuthorization } from "./authorization";
import { notAzure } from "./cloud";
import type { EntraCredential, MakeCredential } from "./entra";
import { loadIdentity } from "./identity";
import { tenantOf } from "./tenant";

export function lacks(settings: Settings): string | undefined {
  return onPath(settings.surroundings.env, "az") ? notAzure(settings) : "there is no Azure CLI (az) on the PATH";
}

/** az's own words where it takes no tenant: somebody who is signed in as the machine, or in Cloud Shell, has but one. */
const TAKES_NO_TENANT = /tenant shouldn'?t be specified for (a )?(managed identity|msi|cloud shell)/i;

/** Whoever is signed in with `az login`, in the tenant of the workspace, and in no other. */
export function entra(signIn: SignIn): MakeCredential {
  return async (options, until) => {
    const { AzureCliCredential } = loadIdentity();
    const processTimeoutInMs = signIn.timeoutMs;
    // Without one az would give a token of whatever tenant somebody chose last.
    const tenant = await tenantOf("azure-cli", signIn, until);
    const cli = (tenantId?: string): EntraCredential =>
      new AzureCliCredential({ ...options, processTimeoutInMs, ...(tenantId && { tenantId }) });
    return {
      async getToken(scope, how) {
        try {
          return await cli(tenant).getToken(scope, how);
        } catch (error) {
          if (!TAKES_NO_TENANT.test((error as Error).message)) throw error;
          return inTenant(await cli().getToken(scope, how), tenant, signIn.from, (error as Error).message);
        }
      },
    };
  };
}

/** The token, if it is of the tenant that was asked for: another one's would be another identity. */
function inTenant<T extends { token: string } | null>(token: T, tenant: string, from: string, refusal: string): T {
  const own = token === null ? undefined : claimsOf(new Secret(token.token))?.["tid"];
  if (token === null || (typeof own === "string" && own.toLowerCase() === tenant.toLowerCase())) return token;
  throw new DatabricksTokensError(
    "CREDENTIAL_REFUSED",
    `The sign-in azure-cli (${from}) failed: az takes no tenant (${quote(refusal)}), and gave a token of ` +
      `${typeof own === "string" ? `the tenant ${quote(own)}` : "a tenant that it does not name"} where ${quote(tenant)} ` +
      "was asked for. Nothing was sent. Sign in with `az login --tenant`, or set azureTenantId",
  );
}

export const authorize = (signIn: SignIn): Authorization => entraAuthorization("azure-cli", signIn, entra(signIn));
