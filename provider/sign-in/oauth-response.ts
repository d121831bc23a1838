import { DatabricksTokensError } from "../errors";
import { Secret } from "../secret";
import type { FetchedToken } from "./token-cache";

/** RFC 6749 leaves `expires_in` out where the lifetime is documented elsewhere; Databricks' tokens live an hour. */
const ASSUMED_SECONDS = 300;

/** Reads an OAuth token answer. `askedAt`: epoch ms before the question, so that a slow answer is no longer life. */
export function tokenFromResponse(answer: Record<string, unknown>, askedAt: number, authority: string): FetchedToken {
  const { access_token: value, expires_in: seconds = ASSUMED_SECONDS, token_type: type = "Bearer" } = answer;
  const lifetime = Number(seconds);
  if (typeof value !== "string" || value === "" || !(lifetime > 0) || !/^bearer$/i.test(String(type))) {
    throw new DatabricksTokensError("UNEXPECTED_ANSWER", `${authority} gave no bearer token with a lifetime`);
  }
  return { value: new Secret(value), expiresAt: askedAt + lifetime * 1000 };
}

export const bearerHeader = ({ value }: FetchedToken): Secret => new Secret(`Bearer ${value.reveal()}`);
