import * as pulumi from "@pulumi/pulumi";
import { refuseGet, withWorkspaceNamed } from "../options";
import { propertiesOf, typeToken } from "../program";
import { ARGUMENTS, type DatabricksTokenArgs, type WorkspaceArgs } from "./args";
import { withSecretsChecked } from "./config-secrets";
import { SECRET_OUTPUTS } from "./state";

/**
 * A Databricks personal access token: minted by `pulumi up`, rotated in place when due, revoked by `pulumi destroy`,
 * which succeeds only once the token is refused.
 *
 * ```ts
 * const ci = new DatabricksToken("ci", { comment: "deploy from CI", lifetimeSeconds: days(90), scopes: ["jobs"] });
 * export const ciToken = ci.tokenValue;
 * ```
 *
 * Failures carry a stable code, see {@link DatabricksTokensError}.
 */
export class DatabricksToken extends pulumi.CustomResource {
  /** The token itself. Secret. Only ever a token that was proved to authenticate. */
  declare readonly tokenValue: pulumi.Output<string>;
  /** Databricks' id of the token; changes with every rotation. */
  declare readonly tokenId: pulumi.Output<string>;
  /** Epoch milliseconds. */
  declare readonly creationTime: pulumi.Output<number>;
  /** Epoch milliseconds; -1 = never. */
  declare readonly expiryTime: pulumi.Output<number>;
  /** RFC 3339; empty = never. */
  declare readonly expiresAt: pulumi.Output<string>;
  /** From when on an `up` rotates; RFC 3339; empty = never. */
  declare readonly rotatesAt: pulumi.Output<string>;
  /** The youngest replaced token that is still in its overlap, else empty. Secret. */
  declare readonly previousTokenValue: pulumi.Output<string>;
  /** Its id, else empty. */
  declare readonly previousTokenId: pulumi.Output<string>;
  /** The workspace's origin, such as `https://adb-1.2.azuredatabricks.net`. */
  declare readonly host: pulumi.Output<string>;
  /** User name of the token's owner; best effort, else empty. */
  declare readonly owner: pulumi.Output<string>;
  /** `Bearer ...`, for the header `Authorization`. Secret. */
  declare readonly authorizationHeader: pulumi.Output<string>;
  /** The user's part of the comment. */
  declare readonly comment: pulumi.Output<string | undefined>;
  declare readonly lifetimeSeconds: pulumi.Output<number | undefined>;
  declare readonly scopes: pulumi.Output<string[] | undefined>;
  declare readonly autoscopeEnabled: pulumi.Output<boolean | undefined>;
  declare readonly allowTokenMinting: pulumi.Output<boolean | undefined>;
  declare readonly rotateEverySeconds: pulumi.Output<number | undefined>;
  declare readonly overlapSeconds: pulumi.Output<number | undefined>;
  declare readonly triggers: pulumi.Output<Record<string, string> | undefined>;
  declare readonly workspace: pulumi.Output<pulumi.Unwrap<WorkspaceArgs> | undefined>;

  /**
   * @param name The resource's name; it stands in the token's marker on the server.
   * @param args See {@link DatabricksTokenArgs}.
   * @param opts Pulumi's options. `deletedWith` is recommended for a workspace of the same program.
   * @throws DatabricksTokensError INVALID_INPUT for an argument that there is not and an option that can't be honoured;
   * INVALID_CONFIG for a secret set without `--secret`.
   */
  constructor(name: string, args: DatabricksTokenArgs = {}, opts: pulumi.CustomResourceOptions = {}) {
    super(
      typeToken("Token"),
      name,
      {
        ...propertiesOf("Token", name, args, ARGUMENTS, opts),
        workspace: withWorkspaceNamed("Token", name, withSecretsChecked(args.workspace), opts),
        tokenValue: undefined,
        tokenId: undefined,
        creationTime: undefined,
        expiryTime: undefined,
        expiresAt: undefined,
        rotatesAt: undefined,
        previousTokenValue: undefined,
        previousTokenId: undefined,
        host: undefined,
        owner: undefined,
        authorizationHeader: undefined,
      },
      pulumi.mergeOptions(opts, { additionalSecretOutputs: [...SECRET_OUTPUTS] }),
    );
  }
  /**
   * Not possible: a token's value is shown once. @throws DatabricksTokensError INVALID_INPUT, with what to do instead.
   */
  static get(name: string, ..._: unknown[]): never {
    return refuseGet("Token", name);
  }
}
