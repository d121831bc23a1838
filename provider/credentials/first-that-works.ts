import { DatabricksTokensError } from "../errors";
import type { Secret } from "../secret";
import type { Authorization } from "../workspace/authorization";

/**
 * Signs in with the first of several ways that is signed in. For what is merely found on the machine: a CLI that is
 * installed says nothing about whether somebody has signed in with it.
 */
export function firstThatWorks(ways: readonly [Authorization, ...Authorization[]]): Authorization {
  let [way] = ways;
  const headers = async (deadline?: number): Promise<Record<string, Secret>> => {
    const said: string[] = [];
    for (const next of ways) {
      try {
        const found = await next.headers(deadline);
        way = next;
        return found;
      } catch (error) {
        if (!(error instanceof DatabricksTokensError && error.code === "CREDENTIAL_REFUSED")) throw error;
        said.push(error.text);
      }
    }
    throw new DatabricksTokensError("CREDENTIAL_REFUSED", said.join(". "));
  };
  return {
    get strategy() {
      return way.strategy;
    },
    get source() {
      return way.source;
    },
    headers,
    forget: (refused) => way.forget?.(refused),
  };
}
