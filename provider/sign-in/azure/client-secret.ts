import { Secret } from "../../secret";
import type { Authorization } from "../../workspace/authorization";
import type { SignIn } from "../strategy";
import { entraAuthorization } from "./authorization";
import type { MakeCredential } from "./entra";
import { loadIdentity } from "./identity";
import { tenantOf } from "./tenant";

export { notAzure as lacks } from "./cloud";

const NAME = "azure-client-secret";

/** A service principal of Entra ID by its secret. */
export function entra(signIn: SignIn): MakeCredential {
  const { setting } = signIn;
  const secret = new Secret(setting("azureClientSecret")!);
  return async (options, until) => {
    const { ClientSecretCredential } = loadIdentity();
    const tenant = await tenantOf(NAME, signIn, until);
    return new ClientSecretCredential(tenant, setting("azureClientId")!, secret.reveal(), options);
  };
}

export const authorize = (signIn: SignIn): Authorization => entraAuthorization(NAME, signIn, entra(signIn));
