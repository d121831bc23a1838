import { jsonObject } from "../http/values";
import type { Secret } from "../secret";

/**
 * What a JSON web token says of whoever it is for; undefined: it is none. Not verified here: that is up to whoever takes
 * it.
 */
export function claimsOf(token: Secret): Record<string, unknown> | undefined {
  const [, payload, signature] = token.reveal().split(".");
  return payload && signature !== undefined
    ? jsonObject(Buffer.from(payload, "base64url").toString("utf8"))
    : undefined;
}
