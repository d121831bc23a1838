import { Secret } from "../../secret";
import type { Authorization } from "../../workspace/authorization";
import type { Settings, SignIn } from "../strategy";
import { entraAuthorization } from "./authorization";
import { notAzure } from "./cloud";
import type { MakeCredential } from "./entra";
import { loadIdentity } from "./identity";

/** What a job of Azure Pipelines has in its environment; the task AzureCLI@2 sets the three of the service connection. */
const parts = ({ setting, surroundings: { env } }: Pick<Settings, "setting" | "surroundings">) => ({
  SYSTEM_OIDCREQUESTURI: env["SYSTEM_OIDCREQUESTURI"],
  SYSTEM_ACCESSTOKEN: env["SYSTEM_ACCESSTOKEN"],
  AZURESUBSCRIPTION_SERVICE_CONNECTION_ID:
    env["ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID"] || env["AZURESUBSCRIPTION_SERVICE_CONNECTION_ID"],
  AZURESUBSCRIPTION_CLIENT_ID: setting("azureClientId") ?? env["AZURESUBSCRIPTION_CLIENT_ID"],
  AZURESUBSCRIPTION_TENANT_ID: setting("azureTenantId") ?? env["AZURESUBSCRIPTION_TENANT_ID"],
});

export function lacks(settings: Settings): string | undefined {
  const missing = Object.entries(parts(settings)).filter(([, value]) => !value);
  return missing.length > 0 ? `no ${missing.map(([name]) => name).join(", ")}` : notAzure(settings);
}

/** A job of Azure Pipelines by its service connection with workload identity federation. */
export function entra(signIn: SignIn): MakeCredential {
  const given = parts(signIn);
  const accessToken = new Secret(given.SYSTEM_ACCESSTOKEN!);
  return (options) => {
    const { AzurePipelinesCredential } = loadIdentity();
    return new AzurePipelinesCredential(
      given.AZURESUBSCRIPTION_TENANT_ID!,
      given.AZURESUBSCRIPTION_CLIENT_ID!,
      given.AZURESUBSCRIPTION_SERVICE_CONNECTION_ID!,
      accessToken.reveal(),
      options,
    );
  };
}

export const authorize = (signIn: SignIn): Authorization =>
  entraAuthorization("azure-pipelines", signIn, entra(signIn));
