import { setTimeout as sleep } from "node:timers/promises";
import { credentialsFor, settingsFrom, type WorkspaceInput } from "../credentials";
import { redact } from "../secret";
import { as, DEFAULT_LIMITS, type TokenContext } from "../token/context";
import { type Properties, readInputs } from "../token/state";
import { clientFor } from "../workspace";
import { assertEngine } from "./engine";
import { SharedLists } from "./shared-lists";
import { surroundings } from "./surroundings";

const shared = new SharedLists(Date.now);

/**
 * The real context of one operation: the host that the state names (`held`), credentials as today's inputs, config,
 * environment and files give them.
 */
export function contextFor(held: Properties, wish: Properties): TokenContext {
  const { host } = readInputs(held);
  const workspace = (wish["workspace"] ?? {}) as WorkspaceInput;
  const around = surroundings();
  const settings = settingsFrom(workspace, around);
  const limits = { ...DEFAULT_LIMITS, operationMs: settings.operationTimeoutMs };
  const { credentials, problem } = credentialsFor(host, workspace, around);
  const context: TokenContext = {
    client: clientFor(host, { timeoutMs: settings.httpTimeoutMs, env: around.env }),
    credentials,
    ...(problem && { noCredentials: problem }),
    limits,
    deadline: Date.now() + limits.operationMs,
    now: Date.now,
    elapsed: () => performance.now(),
    sleep: async (ms) => void (await sleep(ms)),
    assertEngine: () => assertEngine(),
    list: (credential, options) => shared.list(as(context, credential), credential, options),
    whoIs: (credential) => shared.whoIs(as(context, credential), credential),
    warn: (message) => void process.stderr.write(`warning: ${redact(message)}\n`),
  };
  return context;
}
