import { randomBytes } from "node:crypto";
import type { Fail } from "./check-failures";
import { type Properties, UNKNOWN } from "./wire";

/** 96 random bits: a resource's Pulumi id, and what ties its tokens on the server to it. */
const newNonce = (): string => randomBytes(12).toString("hex");

/** The inputs of a `check` without those that are not set, and with the nonce, which is carried on from the old ones. */
export function beginCheck(olds: Properties, news: Properties): Properties {
  const given = Object.entries(news).filter(([, value]) => value !== undefined && value !== null);
  return { ...Object.fromEntries(given), nonce: typeof olds["nonce"] === "string" ? olds["nonce"] : newNonce() };
}

/** What is unknown during preview passes through. */
export function checkBooleans(inputs: Properties, names: readonly string[], fail: Fail): void {
  for (const name of names) {
    const value = inputs[name];
    if (value !== undefined && value !== UNKNOWN && typeof value !== "boolean") fail(name, "must be true or false");
  }
}
