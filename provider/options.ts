import * as pulumi from "@pulumi/pulumi";
import { DatabricksTokensError } from "./errors";
import { notImportable } from "./not-importable";
import type { WorkspaceArgs } from "./token/args";
import { INHERITED_PROVIDER, INHERITED_PROVIDER_TEXT } from "./token/inherited-provider";

/**
 * Refuses, in the program and so at preview, every option that Pulumi would take in silence and not honour. What a
 * transform sets comes after this, and can't be seen (docs/runs.md).
 * @throws DatabricksTokensError INVALID_INPUT
 */
export function assertOptions(type: string, name: string, opts: pulumi.CustomResourceOptions): void {
  const refuse = (why: string): never => {
    throw new DatabricksTokensError("INVALID_INPUT", `${type} "${name}": ${why}`);
  };
  if (isGiven(opts.import) || isGiven(opts.id)) refuse(notImportable(type));
  const others = [...handed(opts), ...handed(opts as pulumi.ComponentResourceOptions, "providers")].filter(
    (other) => packageOf(other) !== "pulumi-nodejs",
  );
  if (others.length > 0) {
    refuse(
      `the option \`provider\` can't be honoured: a provider of the package ${packageOf(others[0])} knows nothing of this ` +
        `resource, and is not asked which workspace is meant, nor how to sign in. Leave it out${INSTEAD}`,
    );
  }
  if (opts.replaceOnChanges && opts.replaceOnChanges.length > 0) {
    refuse(
      "the option `replaceOnChanges` can't be honoured: Pulumi leaves it to the provider to say what replaces. Leave it " +
        "out; `replacementTrigger`, or `pulumi up --replace URN`, replaces when you say so",
    );
  }
  if (opts.customTimeouts && Object.values(opts.customTimeouts).some(isGiven)) {
    refuse(
      "the option `customTimeouts` can't be honoured: Pulumi doesn't tell a dynamic provider of it. Leave it out; " +
        "the config databricks:operationTimeoutSeconds (DATABRICKS_OPERATION_TIMEOUT_SECONDS) is the limit of an operation",
    );
  }
}

const INSTEAD =
  "; workspace: { host }, { profile } or { configNamespace } on the token says which workspace, and the config, the " +
  "environment or the profile how to sign in";

/**
 * The argument `workspace` of a resource that asks one. A component or parent that was given a provider of the package
 * `databricks` would seem to say which workspace is meant: then the resource has to say it itself. Where `workspace` is an
 * output, `check` refuses.
 * @throws DatabricksTokensError INVALID_INPUT
 */
export function withWorkspaceNamed(
  type: string,
  name: string,
  workspace: pulumi.Input<WorkspaceArgs> | undefined,
  { parent }: pulumi.CustomResourceOptions,
): pulumi.Input<WorkspaceArgs> | undefined {
  if (!pulumi.Resource.isInstance(parent) || !parent.getProvider("databricks:index:Token")) return workspace;
  if (pulumi.Output.isInstance(workspace) || workspace instanceof Promise) {
    return pulumi
      .output(workspace)
      .apply((given) => (namesWorkspace(given) ? given : { ...given, [INHERITED_PROVIDER]: "databricks" }));
  }
  if (namesWorkspace(workspace)) return workspace;
  throw new DatabricksTokensError("INVALID_INPUT", `${type} "${name}": ${INHERITED_PROVIDER_TEXT}`);
}

const namesWorkspace = (given: WorkspaceArgs | undefined | null): boolean =>
  [given?.host, given?.profile, given?.configNamespace].some(isGiven);

/** What `X.get(...)` does: the SDK's other resources have it, and these can't. */
export function refuseGet(type: string, name: string): never {
  throw new DatabricksTokensError("INVALID_INPUT", `${type} "${name}": ${notImportable(type)}`);
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

/** One provider, a list or a map of them. */
function handed(opts: pulumi.CustomResourceOptions | pulumi.ComponentResourceOptions, key = "provider"): unknown[] {
  const given = (opts as Record<string, unknown>)[key];
  if (!isGiven(given)) return [];
  return pulumi.Resource.isInstance(given) ? [given] : Object.values(given as object);
}

/** Of a provider's type, `pulumi:providers:<package>`, which every version of the SDK keeps. */
const packageOf = (provider: unknown): string =>
  String((provider as { __pulumiType?: string }).__pulumiType).replace("pulumi:providers:", "");
