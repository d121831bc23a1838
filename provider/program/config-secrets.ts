import * as pulumi from "@pulumi/pulumi";
import { DatabricksTokensError } from "../errors";
import { SECRET_CONFIG_KEYS } from "../sign-in";
import type { WorkspaceArgs } from "./workspace-args";

/** Refuses secrets in the stack's config that were set without `--secret`: they are plaintext in the state. */
export function withSecretsChecked(
  workspace: pulumi.Input<WorkspaceArgs> | undefined,
): pulumi.Input<WorkspaceArgs> | undefined {
  if (workspace === undefined || workspace === null) {
    assertConfigSecrets(undefined);
    return undefined;
  }
  const plain = !pulumi.Output.isInstance(workspace) && !(workspace instanceof Promise) ? workspace : undefined;
  if (plain && (plain.configNamespace === undefined || typeof plain.configNamespace === "string")) {
    assertConfigSecrets(plain.configNamespace);
    return workspace;
  }
  return pulumi.output(workspace).apply((resolved) => {
    assertConfigSecrets(resolved?.configNamespace);
    return resolved as WorkspaceArgs;
  });
}

function assertConfigSecrets(namespace = "databricks"): void {
  const config = new pulumi.Config(namespace);
  // In Pulumi's runtime since 3.0, but left out of its type declarations.
  const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret(key: string): boolean };
  for (const key of SECRET_CONFIG_KEYS) {
    const full = `${namespace}:${key}`;
    if (config.get(key) !== undefined && !isConfigSecret(full)) {
      throw new DatabricksTokensError(
        "INVALID_CONFIG",
        `The config value ${full} is a secret, but was set without --secret: it stands in clear in the stack's file and state. ` +
          `Mend it with: pulumi config set --secret ${full}   (and replace the value: it may have been seen)`,
      );
    }
  }
}
