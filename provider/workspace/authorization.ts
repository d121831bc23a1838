import { Secret } from "../secret";

/** How a call signs in: the strategy's official name, where its credential comes from, and the headers it sends. */
export interface Authorization {
  /** Official name of the sign-in, such as `pat`. */
  readonly strategy: string;
  /** Where the credential comes from, for messages: `DATABRICKS_TOKEN in the environment`. */
  readonly source: string;
  /** The headers to send; may sign in first, until `deadline` (epoch ms) at the latest. */
  headers(deadline?: number): Promise<Record<string, Secret>>;
  /** Forgets what these headers were made of, as the workspace refused them. Absent: there is nothing to fetch anew. */
  forget?(refused: Readonly<Record<string, Secret>>): void;
}

/** Signs in with a token itself. `source` is for messages. */
export function bearer(token: Secret, source: string, strategy = "pat"): Authorization {
  const headers = { authorization: new Secret(`Bearer ${token.reveal()}`) };
  return { strategy, source, headers: async () => headers };
}
