import { DatabricksTokensError } from "../errors";
import { Secret } from "../secret";
import type { Authorization } from "../workspace/authorization";
import { askAuthority } from "./authority";
import { defaultAudience } from "./discovery";
import type { Settings, SignIn } from "./strategy";
import { tokenExchange } from "./token-exchange";

const NAME = "github-oidc";
const NEEDED = ["ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"] as const;

export function lacks({ surroundings: { env } }: Settings): string | undefined {
  const missing = NEEDED.filter((name) => !env[name]);
  if (missing.length === 0) return undefined;
  return `no ${missing.join(", ")}: not in a job of GitHub Actions with \`permissions: id-token: write\``;
}

/** A job of GitHub Actions: its identity token, exchanged at the workspace. */
export function authorize(signIn: SignIn): Authorization {
  const { env } = signIn.surroundings;
  return tokenExchange(NAME, signIn, async (endpoint, until) => {
    const { host, isHostTrusted } = signIn;
    const told = async (): Promise<string> => (await defaultAudience(NAME, signIn, until)) ?? endpoint;
    // A host that only a state names could ask for a token that another workspace takes.
    const audience = signIn.setting("tokenAudience") ?? (isHostTrusted ? await told() : `${host}/oidc/v1/token`);
    const asked = env["ACTIONS_ID_TOKEN_REQUEST_URL"] ?? "";
    const url = `${asked}${asked.includes("?") ? "&" : "?"}audience=${encodeURIComponent(audience)}`;
    const headers = { authorization: new Secret(`Bearer ${env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] ?? ""}`) };
    const { value } = await askAuthority(NAME, signIn, { method: "GET", url, headers, until });
    if (typeof value === "string" && value !== "") return new Secret(value);
    throw new DatabricksTokensError(
      "UNEXPECTED_ANSWER",
      "GitHub's ACTIONS_ID_TOKEN_REQUEST_URL gave no identity token",
    );
  });
}
