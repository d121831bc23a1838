import * as pulumi from "@pulumi/pulumi";
import { refuseGet } from "../../options";
import { typeToken } from "../../program";
import type { WorkspaceArgs } from "../../token/args";
import { optionsOf, propertiesOf, type SecretsKind } from "./resource";

/** Arguments of {@link SecretScope}. */
export interface SecretScopeArgs {
  /** 1 to 128 letters, digits and `. _ - @ /`. A change replaces: the old scope is removed, then the new one made. */
  name: pulumi.Input<string>;
  /**
   * Who may manage the scope from its creation on, such as `users`: everybody. It holds at the creation alone; a later
   * change is an error at preview (`PRINCIPAL_FIXED`): change the scope's permissions, or replace it.
   * @default the creator alone
   */
  initialManagePrincipal?: pulumi.Input<string>;
  /**
   * Takes over a scope that is there already; destroy leaves it.
   * @default false: a scope that this stack did not make is an error (`ENTRY_EXISTS`)
   */
  adopt?: pulumi.Input<boolean>;
  /** Which workspace, and which way to sign in; as for tokens. @default all from config, environment and profile */
  workspace?: pulumi.Input<WorkspaceArgs>;
}

const KIND: SecretsKind = {
  type: "SecretScope",
  arguments: ["name", "initialManagePrincipal", "adopt", "workspace"],
  secretOutputs: [],
};

/**
 * A scope of Databricks Secrets, kept by the workspace itself.
 *
 * ```ts
 * const scope = new SecretScope("ci", { name: "ci" });
 * ```
 *
 * Destroy removes it if this stack made it and nothing is in it any more: a scope with somebody's keys, which would go
 * with it, is left with a warning. Give its `name` to every {@link Secret} in it, so that those go first. A scope that
 * is gone is made again by the next `up`. Failures carry a stable code, see {@link DatabricksTokensError}.
 */
export class SecretScope extends pulumi.CustomResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly initialManagePrincipal: pulumi.Output<string | undefined>;
  declare readonly adopt: pulumi.Output<boolean | undefined>;
  declare readonly workspace: pulumi.Output<pulumi.Unwrap<WorkspaceArgs> | undefined>;
  /** The workspace's origin, such as `https://adb-1.2.azuredatabricks.net`. */
  declare readonly host: pulumi.Output<string>;
  /** Whether this stack made it; else it was adopted. */
  declare readonly created: pulumi.Output<boolean>;
  /** What the last look found: empty (there), or `gone`. */
  declare readonly drift: pulumi.Output<string>;

  /**
   * @param name The resource's name.
   * @param args See {@link SecretScopeArgs}.
   * @param opts Pulumi's options. `deleteBeforeReplace` is on, because both may have the same name.
   */
  constructor(name: string, args: SecretScopeArgs, opts: pulumi.CustomResourceOptions = {}) {
    super(
      typeToken(KIND.type),
      name,
      { ...propertiesOf(KIND, name, args, opts), created: undefined },
      optionsOf(KIND, opts),
    );
  }

  /** Not possible; `adopt` takes over what is there. @throws DatabricksTokensError INVALID_INPUT */
  static get(name: string, ..._: unknown[]): never {
    return refuseGet(KIND.type, name);
  }
}
