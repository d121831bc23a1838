import type { Authorization } from "../../workspace/authorization";
import type { Settings, SignIn } from "../strategy";
import { entraAuthorization } from "./authorization";
import { notAzure } from "./cloud";
import type { MakeCredential } from "./entra";
import { loadIdentity } from "./identity";

export function lacks(settings: Settings): string | undefined {
  const isOn = /^(true|1)$/i.test(settings.setting("azureUseMsi") ?? "");
  return isOn ? notAzure(settings) : `${settings.nameOf("azureUseMsi")} is not true`;
}

/** The managed identity of an Azure machine: the one of `azureClientId`, else the system's. */
export function entra({ setting }: SignIn): MakeCredential {
  const clientId = setting("azureClientId");
  return (options) => {
    const { ManagedIdentityCredential } = loadIdentity();
    return new ManagedIdentityCredential({ ...options, ...(clientId && { clientId }) });
  };
}

export const authorize = (signIn: SignIn): Authorization => entraAuthorization("azure-msi", signIn, entra(signIn));
