import { setTimeout as sleep } from "node:timers/promises";
import { DatabricksTokensError } from "../errors";
import { assertEngine } from "../pulumi/engine";
import { warn } from "../pulumi/warn";
import { type Properties, unwrap } from "../pulumi/wire";
import { credentialsFor, expectedWorkspace, isOrigin, timeLimitsFrom, type WorkspaceInput } from "../sign-in";
import { clientFor } from "../workspace";
import { as, DEFAULT_LIMITS, type TokenContext } from "./context";
import { SharedLists } from "./shared-lists";
import { surroundings } from "./surroundings";

const shared = new SharedLists(Date.now);

/**
 * The real context of one operation: the host that the state names (`applied`), credentials as today's inputs, config,
 * environment and files give them. @throws DatabricksTokensError INVALID_HOST
 */
export function contextFor(applied: Properties, desired: Properties): TokenContext {
  const host = String(unwrap(applied["host"]));
  if (!isOrigin(host)) throw notSafe();
  const workspace = programWorkspace(host, desired);
  const around = surroundings();
  const timeLimits = timeLimitsFrom(workspace, around);
  const limits = { ...DEFAULT_LIMITS, operationMs: timeLimits.operationTimeoutMs };
  const { credentials, problem } = credentialsFor(host, workspace, around);
  const expected = expectedWorkspace(host, (desired["workspace"] ?? {}) as WorkspaceInput, around);
  const options = { timeoutMs: timeLimits.httpTimeoutMs, env: around.env, ...(expected && { expected }) };
  const context: TokenContext = {
    client: clientFor(host, options),
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
    warn,
  };
  return context;
}

/**
 * `workspace` as today's program gives it, with the host that it resolved to. A state (`desired` is one in read and delete)
 * says what a program said once: its host is followed, but not taken for a word of today's program.
 */
function programWorkspace(host: string, desired: Properties): WorkspaceInput {
  const { host: _, ...rest } = (desired["workspace"] ?? {}) as WorkspaceInput;
  const isProgram = desired["schemaVersion"] === undefined && desired["hostSource"] === "workspace";
  return isProgram ? { ...rest, host } : rest;
}

/** Without the host, in which a password may stand. */
const notSafe = (): DatabricksTokensError =>
  new DatabricksTokensError(
    "INVALID_HOST",
    "The host in the state is no https address of a workspace (http is for this machine alone, and nobody's password " +
      "belongs there), so nothing was sent to it. Correct it: pulumi stack export, edit, pulumi stack import",
  );
