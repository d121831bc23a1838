import { DatabricksTokensError, hasCode } from "../errors";
import type { Secret } from "../secret";
import type { Authorization } from "../workspace/authorization";

type CredentialOption = Authorization & { readonly identityKey: string };

/** Which of several ways this process signs in by, once one has worked. */
const settled = new Map<string, number>();

/**
 * Signs in with the first of several ways that is signed in. For what is merely found on the machine: a CLI that is
 * installed says nothing about whether somebody has signed in with it. The one that has worked stays the one for as long
 * as the process runs: another may be somebody else, who is not to own what is minted as the first.
 */
export function firstThatWorks(options: readonly [CredentialOption, ...CredentialOption[]]): Authorization {
  const key = options.map(({ identityKey }) => identityKey).join(" ");
  let option: Authorization = options[settled.get(key) ?? 0]!;
  const headers = async (deadline?: number): Promise<Record<string, Secret>> => {
    const said: string[] = [];
    for (const [index, next] of options.entries()) {
      if (settled.has(key)) break;
      try {
        const found = await next.headers(deadline);
        // Whoever asked meanwhile may have settled it.
        if ((settled.get(key) ?? index) !== index) break;
        settled.set(key, index);
        option = next;
        return found;
      } catch (error) {
        if (!hasCode(error, "CREDENTIAL_REFUSED")) throw error;
        said.push(error.text);
      }
    }
    const chosen = settled.get(key);
    if (chosen === undefined) throw new DatabricksTokensError("CREDENTIAL_REFUSED", said.join(". "));
    option = options[chosen]!;
    return option.headers(deadline);
  };
  return {
    get strategy() {
      return option.strategy;
    },
    get source() {
      return option.source;
    },
    headers,
    forget: (refused) => option.forget?.(refused),
  };
}
