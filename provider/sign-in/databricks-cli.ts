import { DatabricksTokensError, hasCode } from "../errors";
import { jsonObject } from "../http/values";
import { Secret } from "../secret";
import type { Authorization } from "../workspace/authorization";
import { cachedSignIn } from "./cached-sign-in";
import { LEAST_CLI_BYTES, onPath, output } from "./command";
import { bearerHeader } from "./oauth-response";
import { isPath } from "./paths";
import type { Settings, SignIn } from "./strategy";
import type { FetchedToken } from "./token-cache";

const NAME = "databricks-cli";

function cliPath({ setting, surroundings: { env } }: Pick<Settings, "setting" | "surroundings">): string | undefined {
  const asked = setting("databricksCliPath");
  return asked !== undefined && isPath(asked) ? asked : onPath(env, asked ?? "databricks", LEAST_CLI_BYTES);
}

export function lacks(settings: Settings): string | undefined {
  return cliPath(settings) ? undefined : "there is no Databricks CLI (0.100 or newer) on the PATH";
}

/** How the CLI says that nobody has signed in with it, or that it is over. */
const NOT_SIGNED_IN =
  /not configured|no (cached )?token|token not found|refresh token|re-?authenticate|auth login|not (signed|logged) in|log in/i;

/**
 * As the official SDKs: by the profile where one is in use, since two profiles may be of one host. The profile DEFAULT is
 * in use where nothing else is.
 */
const whose = ({ host, profile }: SignIn): string[] =>
  profile !== undefined && profile !== "DEFAULT" ? ["--profile", profile] : ["--host", host];

/** A person's own sign-in: the token that `databricks auth login` left, asked for by `databricks auth token`. */
export function authorize(signIn: SignIn): Authorization {
  const { from } = signIn;
  const fetch = async (until: number): Promise<FetchedToken> => {
    const command = [cliPath(signIn) ?? "databricks", "auth", "token", ...whose(signIn)];
    const { access_token: value, expiry } = jsonObject(await output(NAME, signIn, command, until)) ?? {};
    const expiresAt = Date.parse(String(expiry ?? ""));
    if (typeof value === "string" && value !== "" && !Number.isNaN(expiresAt)) {
      return { value: new Secret(value), expiresAt };
    }
    throw new DatabricksTokensError(
      "UNEXPECTED_ANSWER",
      `The sign-in ${NAME} (${from}) failed: \`databricks auth token ${whose(signIn).join(" ")}\` printed no access_token with its expiry`,
    );
  };
  return cachedSignIn(NAME, signIn, async (token) => {
    try {
      return { authorization: bearerHeader(await token("workspace", fetch)) };
    } catch (error) {
      if (!hasCode(error, "CREDENTIAL_REFUSED")) throw error;
      if (!NOT_SIGNED_IN.test(error.text)) throw error;
      const text = `${error.text}. Sign in first: databricks auth login ${whose(signIn).join(" ")}`;
      throw new DatabricksTokensError(error.code, text, { cause: error });
    }
  });
}
