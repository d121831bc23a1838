import { isRefusal } from "../errors";
import type { Credential } from "../sign-in";
import type { TokenContext } from "./context";

/** The configured identity, or the error that says why there is none. */
export function configured(context: TokenContext): Credential {
  const [first] = context.credentials;
  if (first && !context.noCredentials) return first;
  throw context.noCredentials ?? new Error("no credentials");
}

/** Does `action` as the first identity that is not refused. For read and delete alone: what is minted has one owner. */
export async function asAnybody<T>(context: TokenContext, action: (credential: Credential) => Promise<T>): Promise<T> {
  let refusal: unknown;
  for (const credential of context.credentials) {
    try {
      return await action(credential);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      refusal ??= error;
    }
  }
  throw refusal ?? context.noCredentials ?? new Error("no credentials");
}
