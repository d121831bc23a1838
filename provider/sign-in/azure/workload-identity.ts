import type { Authorization } from "../../workspace/authorization";
import type { Settings, SignIn } from "../strategy";
import { entraAuthorization } from "./authorization";
import { notAzure } from "./cloud";
import type { MakeCredential } from "./entra";
import { loadIdentity } from "./identity";
import { tenantOf } from "./tenant";

const NAME = "azure-workload-identity";

/** What AKS puts into a pod's environment; the names of the azurerm provider come first. */
const parts = ({ setting, surroundings: { env } }: Pick<Settings, "setting" | "surroundings">) => ({
  clientId: setting("azureClientId") ?? env["AZURE_CLIENT_ID"],
  tokenFilePath: env["ARM_OIDC_TOKEN_FILE_PATH"] || env["AZURE_FEDERATED_TOKEN_FILE"],
});

export function lacks(settings: Settings): string | undefined {
  const { clientId, tokenFilePath } = parts(settings);
  if (!tokenFilePath) return "no AZURE_FEDERATED_TOKEN_FILE";
  return clientId ? notAzure(settings) : "no AZURE_CLIENT_ID";
}

/** A workload that Entra ID trusts by federation: its token is in a file that the platform renews. */
export function entra(signIn: SignIn): MakeCredential {
  return async (options, until) => {
    const { clientId, tokenFilePath } = parts(signIn);
    const { WorkloadIdentityCredential } = loadIdentity();
    const tenantId = signIn.surroundings.env["AZURE_TENANT_ID"] || (await tenantOf(NAME, signIn, until));
    return new WorkloadIdentityCredential({
      ...options,
      tenantId: signIn.setting("azureTenantId") ?? tenantId,
      clientId: clientId!,
      tokenFilePath: tokenFilePath!,
    });
  };
}

export const authorize = (signIn: SignIn): Authorization => entraAuthorization(NAME, signIn, entra(signIn));
