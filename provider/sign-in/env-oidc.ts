import { DatabricksTokensError } from "../errors";
import { Secret } from "../secret";
import type { Authorization } from "../workspace/authorization";
import type { Settings, SignIn } from "./strategy";
import { tokenExchange } from "./token-exchange";

export function lacks({ setting, nameOf, surroundings: { env } }: Settings): string | undefined {
  const variable = setting("oidcTokenEnv") ?? "";
  return env[variable]?.trim() ? undefined : `the variable ${variable} (${nameOf("oidcTokenEnv")}) is empty`;
}

/** An identity token in an environment variable, exchanged at the workspace. */
export function authorize(signIn: SignIn): Authorization {
  return tokenExchange("env-oidc", signIn, () => {
    const variable = signIn.setting("oidcTokenEnv") ?? "";
    const token = signIn.surroundings.env[variable]?.trim();
    if (token) return new Secret(token);
    throw new DatabricksTokensError("INVALID_CONFIG", `The variable ${variable}, of ${signIn.from}, is empty`);
  });
}
