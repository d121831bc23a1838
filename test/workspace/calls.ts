import type { FaultKind } from "./faults";

/** A call that came in, for the log. */
export interface Call {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: string;
  /** 0: no answer was given. */
  status: number;
  /** User name of the caller; undefined: not let in. */
  readonly identity?: string | undefined;
  /** Id of the token that the caller signed in with, or tried to; a bootstrap token has none. */
  readonly signedInWith?: string | undefined;
  /** Id of the token that the call is about, by its path or body. */
  readonly about?: string | undefined;
  readonly userAgent: string;
  /** Epoch ms of the workspace's clock. */
  readonly at: number;
  /** The fault that hit it. */
  fault?: FaultKind;
}

/** The id in `/token/{id}`, `/token-management/tokens/{id}` or `{token_id}`. */
export function tokenIdOf(path: string, body: Record<string, unknown>): string | undefined {
  const inPath = /^\/api\/2\.0\/(?:token|token-management\/tokens)\/([^/]+)$/.exec(path)?.[1];
  if (typeof body["token_id"] === "string") return body["token_id"];
  return inPath === undefined || /^(create|delete|list)$/.test(inPath) ? undefined : inPath;
}
