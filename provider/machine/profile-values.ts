import { DatabricksTokensError } from "../errors";
import type { Section } from "../sign-in/profile-grammar";

/** Other ways to sign in: beside a token, the official clients refuse the profile or take the other one. */
export const COMPETING = [
  "username",
  "password",
  "client_id",
  "client_secret",
  "azure_client_id",
  "azure_client_secret",
  "azure_tenant_id",
  "google_service_account",
  "google_credentials",
];

export function assertAlone({ name, settings }: Section): void {
  const found = settings.filter(
    ({ key, value }) => COMPETING.includes(key) || (key === "auth_type" && value.toLowerCase() !== "pat"),
  );
  if (found.length === 0) return;
  throw new DatabricksTokensError(
    "ENTRY_AMBIGUOUS",
    `Profile [${name}] signs in another way (${found.map(({ key }) => key).join(", ")}), which a token beside it would ` +
      "clash with: remove that, or choose another profile",
  );
}

/** Why a host or token can't be written so that every reader gets it back; undefined: it can. */
export function profileValueProblem(value: string): string | undefined {
  if (value === "") return "must not be empty";
  if (/\p{Cc}/u.test(value)) return "has control characters, which no .databrickscfg can hold";
  if (/[^!-~]/.test(value))
    return "has blanks or characters beyond ASCII, which readers of .databrickscfg treat differently";
  const odd = /["'`#;\\%]/.exec(value)?.[0];
  return odd && `has the character ${odd}, which readers of .databrickscfg treat differently`;
}

/** Why a profile can't have this name; undefined: it can. */
export function profileNameProblem(name: string): string | undefined {
  if (name === "__settings__") return "is the Databricks CLI's own section, not a profile";
  if (/^[\w.@:/+-]+( [\w.@:/+-]+)*$/.test(name)) return undefined;
  return "must be letters, digits and . _ - @ : / +, with single blanks in between";
}
