import { DatabricksTokensError } from "../errors";
import type { Fail } from "../pulumi/check-failures";
import { INHERITED_PROVIDER, INHERITED_PROVIDER_TEXT } from "../pulumi/inherited-provider";
import { type Properties, UNKNOWN } from "../pulumi/wire";
import { credentialsFor, resolveHost, type Surroundings, type WorkspaceInput } from "../sign-in";

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

/**
 * Validates the input `workspace`, and resolves the host into the inputs: a `what` that has one keeps it, and only the
 * program or the stack's config may move it.
 */
export function checkWorkspace(
  surroundings: Surroundings,
  olds: Properties,
  inputs: Properties,
  fail: Fail,
  what: string,
): void {
  if (isReadable(inputs, fail)) applyHost(surroundings, olds, inputs, fail, what);
}

/** False where the workspace is unknown as a whole, or not of the right shape: no host can be told then. */
function isReadable(inputs: Properties, fail: Fail): boolean {
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
  if (INHERITED_PROVIDER in (workspace as object)) {
    fail("workspace", `must name one: ${INHERITED_PROVIDER_TEXT}`);
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

function applyHost(surroundings: Surroundings, olds: Properties, inputs: Properties, fail: Fail, what: string): void {
  const workspace = (inputs["workspace"] ?? {}) as WorkspaceInput;
  const oldHost = typeof olds["host"] === "string" && olds["host"] !== UNKNOWN ? olds["host"] : undefined;
  if (Object.values(workspace).includes(UNKNOWN)) {
    inputs["host"] = oldHost ?? UNKNOWN;
    inputs["hostSource"] = olds["hostSource"] ?? "workspace";
    return;
  }
  try {
    const resolved = resolveHost(workspace, surroundings, oldHost);
    if (!resolved && oldHost === undefined) {
      fail(
        "workspace.host",
        "no workspace is named: set workspace.host, or `pulumi config set databricks:host https://adb-....azuredatabricks.net`, " +
          "or DATABRICKS_HOST, or a profile of ~/.databrickscfg; or workspace.azureWorkspaceResourceId " +
          "(DATABRICKS_AZURE_RESOURCE_ID) alone [NO_HOST]",
      );
      return;
    }
    const incidental = resolved && resolved.source !== "workspace" && resolved.source !== "config";
    if (oldHost !== undefined && incidental && resolved.host !== oldHost) {
      fail(
        "workspace.host",
        `this ${what} lives on ${oldHost}, but ${resolved.from} names ${resolved.host}. To move the ${what}, set workspace.host ` +
          "or the stack's databricks:host; else correct the environment [HOST_CHANGED]",
      );
      return;
    }
    inputs["host"] = resolved?.host ?? oldHost;
    inputs["hostSource"] = resolved?.source ?? olds["hostSource"] ?? "environment";
    const { problem } = credentialsFor(String(inputs["host"]), workspace, surroundings);
    // Without a sign-in what exists can still be looked at, and its inputs changed.
    if (problem && (oldHost === undefined || problem.code !== "NO_CREDENTIALS")) throw problem;
  } catch (error) {
    if (!(error instanceof DatabricksTokensError)) throw error;
    fail(/HOST/.test(error.code) ? "workspace.host" : "workspace", error.message);
  }
}
