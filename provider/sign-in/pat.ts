import { DatabricksTokensError } from "../errors";
import { Secret } from "../secret";
import { type Authorization, bearer } from "../workspace/authorization";
import type { SignIn } from "./strategy";

/** Sign-in by a personal access token: the setting `token`. */
export function authorize({ from, setting }: SignIn): Authorization {
  const token = (setting("token") ?? "").trim();
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new DatabricksTokensError(
      "INVALID_CONFIG",
      `The token of ${from} holds blanks, line breaks or characters beyond ASCII, which no token has. Set it again`,
    );
  }
  return bearer(new Secret(token), from);
}
