import { randomBytes } from "node:crypto";
import { credentialsFor, resolveHost, type Surroundings, type WorkspaceInput } from "../credentials";
import { DatabricksTokensError } from "../errors";
import { MAX_COMMENT_LENGTH, marker, type TokenOrigin } from "./marker";
import { MAX_LIFETIME_SECONDS, scheduleOf } from "./schedule";
import { type Properties, UNKNOWN } from "./state";

export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

const WORKSPACE_KEYS = [
  "host",
  "profile",
  "configNamespace",
  "authType",
  "azureWorkspaceResourceId",
  "azureTenantId",
  "azureClientId",
  "clientId",
];

/** 96 random bits: the resource's Pulumi id, and what ties its tokens on the server to it. */
const newNonce = (): string => randomBytes(12).toString("hex");

/**
 * Validates the inputs at preview, mints the nonce and resolves the host. Of the old inputs it carries only these two
 * on. What is unknown during preview passes through.
 */
export function check(
  surroundings: Surroundings,
  olds: Properties,
  news: Properties,
): { inputs: Properties; failures: CheckFailure[] } {
  const failures: CheckFailure[] = [];
  const fail = (property: string, reason: string): void => void failures.push({ property, reason });
  const inputs: Properties = Object.fromEntries(
    Object.entries(news).filter(([, value]) => value !== undefined && value !== null),
  );
  inputs["nonce"] = typeof olds["nonce"] === "string" ? olds["nonce"] : newNonce();

  checkSchedule(inputs, fail);
  checkScopes(inputs, fail);
  checkComment(inputs, fail);
  for (const key of ["autoscopeEnabled", "allowTokenMinting"]) {
    const value = inputs[key];
    if (value !== undefined && value !== UNKNOWN && typeof value !== "boolean") fail(key, "must be true or false");
  }
  const triggers = inputs["triggers"];
  if (triggers !== undefined && triggers !== UNKNOWN && (typeof triggers !== "object" || Array.isArray(triggers))) {
    fail("triggers", 'must be a map, such as { "release": "42" }');
  }
  if (checkWorkspace(inputs, fail)) applyHost(surroundings, olds, inputs, fail);
  return { inputs, failures };
}

type Fail = (property: string, reason: string) => void;

function wholeSeconds(inputs: Properties, key: string, least: number, fail: Fail): number | undefined {
  const value = inputs[key];
  if (value === undefined || value === UNKNOWN) return undefined;
  if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > MAX_LIFETIME_SECONDS) {
    const from = least === 0 ? "0" : "1";
    fail(
      key,
      `must be a whole number of seconds from ${from} to 2^31, not ${JSON.stringify(value)}; ` +
        "days(90) and hours(12) give seconds",
    );
    return undefined;
  }
  return value;
}

function checkSchedule(inputs: Properties, fail: Fail): void {
  const before = ["lifetimeSeconds", "rotateEverySeconds", "overlapSeconds"].filter((key) => inputs[key] !== undefined);
  const lifetime = wholeSeconds(inputs, "lifetimeSeconds", 1, fail);
  const rotateEvery = wholeSeconds(inputs, "rotateEverySeconds", 0, fail);
  const overlap = wholeSeconds(inputs, "overlapSeconds", 0, fail);
  const allKnown = before.length === [lifetime, rotateEvery, overlap].filter((value) => value !== undefined).length;
  if (!allKnown) return;
  const schedule = scheduleOf({
    ...(lifetime !== undefined && { lifetimeSeconds: lifetime }),
    ...(rotateEvery !== undefined && { rotateEverySeconds: rotateEvery }),
    ...(overlap !== undefined && { overlapSeconds: overlap }),
  });
  if (schedule.rotateEverySeconds + schedule.overlapSeconds > schedule.lifetimeSeconds) {
    fail(
      rotateEvery === undefined ? "overlapSeconds" : "rotateEverySeconds",
      `a token of ${schedule.lifetimeSeconds} s can't be rotated after ${schedule.rotateEverySeconds} s and live on ` +
        `for ${schedule.overlapSeconds} s: it would be dead before. Make lifetimeSeconds at least the sum of both`,
    );
  }
}

function checkScopes(inputs: Properties, fail: Fail): void {
  const scopes = inputs["scopes"];
  if (scopes === undefined || scopes === UNKNOWN) return;
  if (!Array.isArray(scopes) || scopes.length === 0) {
    fail("scopes", "must be a list of API scopes; leave it out for a token that may do all that its owner may");
    return;
  }
  scopes.forEach((scope, index) => {
    if (scope === UNKNOWN) return;
    if (typeof scope !== "string" || !/^\S+$/.test(scope)) fail(`scopes[${index}]`, "must be the name of an API scope");
    else if (scope === "authentication" && inputs["allowTokenMinting"] !== true) {
      fail(
        `scopes[${index}]`,
        "a token with the scope `authentication` can mint tokens with any scope; set allowTokenMinting: true if that is meant",
      );
    }
  });
}

function checkComment(inputs: Properties, fail: Fail): void {
  const comment = inputs["comment"];
  if (comment === UNKNOWN) return;
  if (comment !== undefined && typeof comment !== "string") {
    fail("comment", "must be a text");
    return;
  }
  const room = MAX_COMMENT_LENGTH - marker(inputs["origin"] as TokenOrigin, String(inputs["nonce"])).length;
  if ((comment ?? "").length > room) {
    fail("comment", `leaves no room for the marker that ties the token to this stack: at most ${room} characters`);
  }
}

/** False where the workspace is unknown as a whole, or not of the right shape: no host can be told then. */
function checkWorkspace(inputs: Properties, fail: Fail): boolean {
  const workspace = inputs["workspace"];
  if (workspace === undefined) return true;
  if (workspace === UNKNOWN) {
    inputs["host"] = UNKNOWN;
    inputs["hostSource"] = "workspace";
    return false;
  }
  if (typeof workspace !== "object" || Array.isArray(workspace)) {
    fail("workspace", "must be an object such as { host } or { profile }");
    return false;
  }
  const unknown = Object.keys(workspace as object).filter((key) => !WORKSPACE_KEYS.includes(key));
  for (const key of unknown) {
    fail(
      `workspace.${key}`,
      `is not a member of workspace; there are ${WORKSPACE_KEYS.join(", ")}. Secrets belong into Pulumi config or the environment`,
    );
  }
  const wrong = Object.entries(workspace as object).filter(([, value]) => typeof value !== "string");
  for (const [key] of wrong) fail(`workspace.${key}`, "must be a text");
  return unknown.length + wrong.length === 0;
}

function applyHost(surroundings: Surroundings, olds: Properties, inputs: Properties, fail: Fail): void {
  const workspace = (inputs["workspace"] ?? {}) as WorkspaceInput;
  const oldHost = typeof olds["host"] === "string" && olds["host"] !== UNKNOWN ? olds["host"] : undefined;
  if (Object.values(workspace).includes(UNKNOWN)) {
    inputs["host"] = oldHost ?? UNKNOWN;
    inputs["hostSource"] = olds["hostSource"] ?? "workspace";
    return;
  }
  try {
    const resolved = resolveHost(workspace, surroundings);
    if (!resolved && oldHost === undefined) {
      fail(
        "workspace.host",
        "no workspace is named: set workspace.host, or `pulumi config set databricks:host https://adb-....azuredatabricks.net`, " +
          "or DATABRICKS_HOST, or a profile of ~/.databrickscfg [NO_HOST]",
      );
      return;
    }
    const incidental = resolved && resolved.source !== "workspace" && resolved.source !== "config";
    if (oldHost !== undefined && incidental && resolved.host !== oldHost) {
      fail(
        "workspace.host",
        `this token lives on ${oldHost}, but ${resolved.from} names ${resolved.host}. To move the token, set workspace.host ` +
          "or the stack's databricks:host; else correct the environment [HOST_CHANGED]",
      );
      return;
    }
    inputs["host"] = resolved?.host ?? oldHost;
    inputs["hostSource"] = resolved?.source ?? olds["hostSource"] ?? "environment";
    const { problem } = credentialsFor(String(inputs["host"]), workspace, surroundings);
    // Without a sign-in a token that exists can still be looked at, and its inputs changed.
    if (problem && (oldHost === undefined || problem.code !== "NO_CREDENTIALS")) throw problem;
  } catch (error) {
    if (!(error instanceof DatabricksTokensError)) throw error;
    fail(/HOST/.test(error.code) ? "workspace.host" : "workspace", error.message);
  }
}
