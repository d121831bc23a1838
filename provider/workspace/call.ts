import type { Dispatcher } from "undici";
import type { Environment } from "../http/connection";
import type { Authorization } from "./authorization";

/** A success: a JSON object, `{}` where a change was answered with nothing. */
export interface CallResult<T> {
  readonly status: number;
  readonly body: T;
  /** Epoch ms of this machine's clock. */
  readonly sentAt: number;
  readonly endedAt: number;
}

export interface CallRequest {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE" | "PUT";
  /** From the root: `/api/2.0/token/list`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly authorization: Authorization;
  /** When the call must be over with its waits and retries, epoch ms by `now()`. @default now + 300 s */
  readonly deadline?: number;
  /** Whether the call may be made twice. @default true for GET, DELETE, PUT; false for POST, PATCH */
  readonly idempotent?: boolean;
  /** How often an idempotent call is made again after a transient failure. @default 3 */
  readonly retries?: number;
  /** Awaited right before every attempt, after all waits and the sign-in; what it throws ends the call. */
  beforeSend?(): Promise<void>;
}

export interface ClientOptions {
  /** Milliseconds for one attempt. @default 30,000 */
  readonly timeoutMs?: number;
  /** The User-Agent for a sign-in. */
  readonly userAgent?: (strategy: string) => string;
  /** Epoch ms. @default Date.now */
  readonly now?: () => number;
  readonly sleep?: (ms: number) => Promise<void>;
  /** From 0 to below 1. @default Math.random */
  readonly random?: () => number;
  /** Instead of the client's own pool and proxy; stays the caller's to close. */
  readonly dispatcher?: Dispatcher;
  /** The workspace's id that people expect: looked at before anything is changed there. */
  readonly expected?: { readonly id: string; readonly from: string };
  /** Where HTTPS_PROXY and NO_PROXY are read. @default process.env */
  readonly env?: Environment;
}
