import { setTimeout as sleep } from "node:timers/promises";
import { type Credential, credentialsFor, settingsFrom, type WorkspaceInput } from "../credentials";
import { DEFAULT_LIMITS, type Listing, type TokenContext } from "../token/context";
import { type Properties, readInputs } from "../token/state";
import { clientFor, currentUser, listTokens, listTokensOf } from "../workspace";
import { assertEngine } from "./engine";
import { surroundings } from "./surroundings";

/** How long a listing serves everybody in this process. */
const SHARED_MS = 30_000;

const listings = new Map<string, { at: number; listing: Promise<Listing> }>();
const userNames = new Map<string, Promise<string>>();

/**
 * The real context of one operation: the host that the state names (`held`), credentials as today's inputs, config,
 * environment and files give them.
 */
export function contextFor(held: Properties, wish: Properties): TokenContext {
  const { host } = readInputs(held);
  const workspace = (wish["workspace"] ?? {}) as WorkspaceInput;
  const around = surroundings();
  const settings = settingsFrom(workspace.configNamespace ?? "databricks", around);
  const client = clientFor(host, { timeoutMs: settings.httpTimeoutMs, env: around.env });
  const limits = { ...DEFAULT_LIMITS, operationMs: settings.operationTimeoutMs };
  const deadline = Date.now() + limits.operationMs;
  const { credentials, noCredentials } = findCredentials(host, workspace);

  return {
    client,
    credentials,
    ...(noCredentials && { noCredentials }),
    limits,
    deadline,
    now: Date.now,
    sleep: async (ms) => void (await sleep(ms)),
    assertEngine,
    async list(credential, { fresh = false, owner } = {}) {
      const key = `${host} ${credential.identityKey} ${owner ?? ""}`;
      const shared = fresh ? undefined : listings.get(key);
      if (shared && Date.now() - shared.at < SHARED_MS) return shared.listing;
      const at = Date.now();
      const caller = { client, authorization: credential, deadline };
      const tokens = owner === undefined ? listTokens(caller) : listTokensOf(caller, owner);
      const listing = tokens.then((found) => ({ tokens: found, at }));
      listings.set(key, { at, listing });
      // A failure is nobody's listing: the next one asks again.
      listing.catch(() => listings.get(key)?.listing === listing && listings.delete(key));
      return listing;
    },
    async userName(credential) {
      const key = `${host} ${credential.identityKey}`;
      const known =
        userNames.get(key) ??
        currentUser({ client, authorization: credential, deadline }, 0).then(({ userName }) => userName);
      userNames.set(key, known);
      // A failure is no answer: the next one asks again.
      known.catch(() => userNames.get(key) === known && userNames.delete(key));
      return known.catch(() => undefined);
    },
    warn(message) {
      process.stderr.write(`warning: ${message}\n`);
    },
  };
}

function findCredentials(
  host: string,
  workspace: WorkspaceInput,
): { credentials: Credential[]; noCredentials?: Error } {
  try {
    return { credentials: credentialsFor(host, workspace, surroundings()) };
  } catch (error) {
    return { credentials: [], noCredentials: error as Error };
  }
}
