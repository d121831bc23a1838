import { proxySettings } from "../http/connection";
import type { ClientOptions } from "./call";
import { WorkspaceClient } from "./client";

const clients = new Map<string, WorkspaceClient>();

/** The process's shared client for a workspace: one pool for each host, expected id, time limit and proxy. */
export function clientFor(
  host: string,
  options: Pick<ClientOptions, "timeoutMs" | "env" | "expected"> = {},
): WorkspaceClient {
  const proxy = proxySettings(options.env ?? process.env);
  const key = JSON.stringify([host, options.timeoutMs, options.expected?.id, proxy]);
  const known = clients.get(key);
  if (known && !known.closed) return known;
  const client = new WorkspaceClient(host, options);
  clients.set(key, client);
  return client;
}
