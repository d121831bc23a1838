import { DatabricksTokensError } from "../errors";
import { Secret } from "../secret";
import type { Authorization } from "../workspace/authorization";
import type { SignIn } from "./strategy";
import { tokenExchange } from "./token-exchange";

/** An identity token in a file, read again at each exchange: platforms renew it there. */
export function authorize(signIn: SignIn): Authorization {
  return tokenExchange("file-oidc", signIn, () => {
    const path = signIn.setting("oidcTokenFilepath") ?? "";
    const bad = (what: string, cause?: unknown): DatabricksTokensError =>
      new DatabricksTokensError("INVALID_CONFIG", `The token file ${path}, of ${signIn.from}, ${what}`, { cause });
    let text: string | undefined;
    try {
      text = signIn.surroundings.readFile(path);
    } catch (error) {
      throw bad(`can't be read (${(error as NodeJS.ErrnoException).code ?? "unknown"})`, error);
    }
    if (text === undefined) throw bad("does not exist");
    if (text.trim() === "") throw bad("is empty");
    return new Secret(text.trim());
  });
}
