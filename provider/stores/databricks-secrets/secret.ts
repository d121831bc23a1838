import * as pulumi from "@pulumi/pulumi";
import { refuseGet } from "../../options";
import { typeToken } from "../../program";
import type { WorkspaceArgs } from "../../token/args";
import { optionsOf, propertiesOf, type SecretsKind } from "./resource";
import { SECRET_OUTPUTS } from "./secret-state";

/** Arguments of {@link Secret}. */
export interface SecretArgs {
  /**
   * The scope's name: a {@link SecretScope}'s `name`, so that it is there before and goes after; or one that exists. Not
   * one that is kept in an Azure Key Vault (`SCOPE_NOT_WRITABLE`). A change replaces: removed there, then written here.
   */
  scope: pulumi.Input<string>;
  /** 1 to 128 letters, digits and `. _ - @ /`. A change replaces: removed there, then written here. */
  key: pulumi.Input<string>;
  /** What is kept: the token. 1 byte to 128 KB of UTF-8. Always a secret. Changed in place. */
  stringValue: pulumi.Input<string>;
  /**
   * Takes over a secret that is there already. Its value is kept in the state, encrypted, and put back on destroy. Where
   * the workspace does not give it out, a warning says so, and destroy removes the secret.
   * @default false: a secret that this stack did not write is an error (`ENTRY_EXISTS`)
   */
  adopt?: pulumi.Input<boolean>;
  /** Which workspace, and which way to sign in; as for tokens. @default all from config, environment and profile */
  workspace?: pulumi.Input<WorkspaceArgs>;
}

const KIND: SecretsKind = {
  type: "Secret",
  arguments: ["scope", "key", "stringValue", "adopt", "workspace"],
  secretOutputs: SECRET_OUTPUTS,
};

/**
 * A secret of Databricks Secrets, as notebooks read it with `dbutils.secrets.get(scope, key)`.
 *
 * ```ts
 * const token = new DatabricksToken("jobs", { scopes: ["jobs"] });
 * const scope = new SecretScope("ci", { name: "ci" });
 * new Secret("jobs", { scope: scope.name, key: "jobs-token", stringValue: token.tokenValue });
 * ```
 *
 * A refresh shows a secret that was changed or removed elsewhere in `drift`, and the next `up` writes it again. On
 * destroy it is removed if it still holds what this stack wrote: by its value, or where the workspace does not give
 * that out, by the time of its last change. Failures carry a stable code, see {@link DatabricksTokensError}.
 */
export class Secret extends pulumi.CustomResource {
  declare readonly scope: pulumi.Output<string>;
  declare readonly key: pulumi.Output<string>;
  /** Secret. */
  declare readonly stringValue: pulumi.Output<string>;
  declare readonly adopt: pulumi.Output<boolean | undefined>;
  declare readonly workspace: pulumi.Output<pulumi.Unwrap<WorkspaceArgs> | undefined>;
  /** The workspace's origin, such as `https://adb-1.2.azuredatabricks.net`. */
  declare readonly host: pulumi.Output<string>;
  /** When this stack wrote it last, epoch milliseconds of the workspace; 0: not known. */
  declare readonly lastUpdatedTimestamp: pulumi.Output<number>;
  /** What the last look found: empty (as it was written), `gone` or `changed`. */
  declare readonly drift: pulumi.Output<string>;

  /**
   * @param name The resource's name.
   * @param args See {@link SecretArgs}.
   * @param opts Pulumi's options. `deleteBeforeReplace` is on, because both may stand in the same place.
   */
  constructor(name: string, args: SecretArgs, opts: pulumi.CustomResourceOptions = {}) {
    const value = args.stringValue as pulumi.Input<string> | undefined | null;
    const properties = {
      ...propertiesOf(KIND, name, args, opts),
      stringValue: value === undefined || value === null ? undefined : pulumi.secret(value),
      lastUpdatedTimestamp: undefined,
    };
    super(typeToken(KIND.type), name, properties, optionsOf(KIND, opts));
  }
  /** Not possible; `adopt` takes over what is there. @throws DatabricksTokensError INVALID_INPUT */
  static get(name: string, ..._: unknown[]): never {
    return refuseGet(KIND.type, name);
  }
}
