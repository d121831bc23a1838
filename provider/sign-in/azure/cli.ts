import type { Authorization } from "../../workspace/authorization";
import { onPath } from "../command";
import type { Settings, SignIn } from "../strategy";
import { entraAuthorization } from "./authorization";
import { notAzure } from "./cloud";
import type { EntraCredential, MakeCredential } from "./entra";
import { loadIdentity } from "./identity";
import { discoveredTenant } from "./tenant";

export function lacks(settings: Settings): string | undefined {
  return onPath(settings.surroundings.env, "az") ? notAzure(settings) : "there is no Azure CLI (az) on the PATH";
}

/** Whoever is signed in with `az login`, in the tenant of the workspace. */
export function entra(signIn: SignIn): MakeCredential {
  return async (options, until) => {
    const { AzureCliCredential } = loadIdentity();
    const processTimeoutInMs = signIn.timeoutMs;
    const set = signIn.setting("azureTenantId");
    const tenantId = set ?? (await discoveredTenant(signIn, until));
    const cli = (tenant?: string): EntraCredential =>
      new AzureCliCredential({ ...options, processTimeoutInMs, ...(tenant && { tenantId: tenant }) });
    if (set !== undefined || tenantId === undefined) return cli(set);
    return {
      // With a managed identity az takes no tenant.
      getToken: (scope, how) =>
        cli(tenantId)
          .getToken(scope, how)
          .catch(() => cli().getToken(scope, how)),
    };
  };
}

export const authorize = (signIn: SignIn): Authorization => entraAuthorization("azure-cli", signIn, entra(signIn));
