import type { Incoming } from "../http/exchange";
import { jsonObject } from "../http/values";
import type { CallRequest } from "./call";

/** A call's address, and what its answer holds. */

export function dateOf(header: string | undefined): number | undefined {
  const date = Date.parse(header ?? "");
  return Number.isNaN(date) ? undefined : date;
}

export function address(host: string, { path, query = {} }: CallRequest): URL {
  const url = new URL(host + path);
  for (const [key, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(key, value);
  return url;
}

export const hasBody = ({ body }: Exclude<Incoming, { failure: unknown }>): boolean => body.trim() !== "";

/** The JSON object of a 2xx; nothing at all counts as `{}`, but not where something was asked for. */
export function successBody(method: string, answer: Exclude<Incoming, { failure: unknown }>): object | undefined {
  if (answer.status < 200 || answer.status > 299) return undefined;
  if (answer.body.trim() === "") return method === "GET" ? undefined : {};
  return jsonObject(answer.body);
}
