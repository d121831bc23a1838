import type { TokenInfo } from "../workspace";
import { foreignText } from "../workspace/foreign-text";
import type { TokenInputs } from "./state";

/** Clocks and rounding of the service may add this much to an expiry before it counts as wider. */
const EXPIRY_TOLERANCE_MS = 60_000;

/** Says how a granted token is wider than the one asked for; undefined if it isn't. */
export function widerThan(inputs: TokenInputs, lifetimeSeconds: number, granted: TokenInfo): string | undefined {
  const created = granted.creationTime;
  if (granted.expiryTime < 0 || granted.expiryTime > created + lifetimeSeconds * 1000 + EXPIRY_TOLERANCE_MS) {
    return "it lives longer";
  }
  if (inputs.scopes && !inputs.autoscopeEnabled) {
    const asked = new Set(inputs.scopes);
    if (!granted.scopes) return "it has every scope";
    const extra = granted.scopes.filter((scope) => !asked.has(scope));
    if (extra.length > 0) return `it has the scopes ${foreignText(extra.join(", "))} besides`;
  }
  return undefined;
}
