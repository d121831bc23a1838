import * as pulumi from "@pulumi/pulumi";
import { refuseGet } from "../program/options";
import { typeToken } from "../program/resource-base";
import { type EntryKind, optionsOf, propertiesOf } from "./entry-resource";

/** Arguments of {@link DatabricksCfgProfile}. */
export interface DatabricksCfgProfileArgs {
  /** The profile's name: letters, digits and `. _ - @ : / +`. A change moves the profile. */
  profile: pulumi.Input<string>;
  /** The workspace's address, such as a token's `host`. Changed in place. */
  host: pulumi.Input<string>;
  /** The token. Always a secret. Changed in place. */
  token: pulumi.Input<string>;
  /**
   * The file; `~/` is the home folder, a relative path starts at the program's folder. A change moves the profile.
   * @default the file that `DATABRICKS_CONFIG_FILE` names, else `.databrickscfg` in the home folder
   */
  path?: pulumi.Input<string>;
  /**
   * Takes over a profile that is there already. Its host and token are kept in the state, encrypted, and put back on
   * destroy; its other settings are left alone.
   * @default false: a profile that this stack did not write is an error (`ENTRY_EXISTS`)
   */
  adopt?: pulumi.Input<boolean>;
}

const KIND: EntryKind = {
  type: "DatabricksCfgProfile",
  secretKey: "token",
  arguments: ["profile", "host", "token", "path", "adopt"],
};

/**
 * A profile of `.databrickscfg`, by which the Databricks CLI and SDKs sign in. The file is for its owner alone (0600),
 * is replaced as a whole, and keeps every other byte.
 *
 * ```ts
 * const token = new DatabricksToken("me", { scopes: ["clusters"] });
 * new DatabricksCfgProfile("me", { profile: "dev", host: token.host, token: token.tokenValue });
 * ```
 *
 * It belongs to the machine that `pulumi up` first ran on: elsewhere it is left alone, with a warning. On destroy it is
 * removed if it still holds what this stack wrote. Failures carry a stable code, see {@link DatabricksTokensError}.
 */
export class DatabricksCfgProfile extends pulumi.CustomResource {
  declare readonly profile: pulumi.Output<string>;
  /** The workspace's origin, such as `https://adb-1.2.azuredatabricks.net`. */
  declare readonly host: pulumi.Output<string>;
  /** Secret. */
  declare readonly token: pulumi.Output<string>;
  /** The file's absolute path. */
  declare readonly file: pulumi.Output<string>;
  declare readonly path: pulumi.Output<string | undefined>;
  declare readonly adopt: pulumi.Output<boolean | undefined>;
  /** Hash that tells the machine, and its user, that the profile is on. */
  declare readonly machineId: pulumi.Output<string>;
  /** That machine's name, for people. */
  declare readonly machineName: pulumi.Output<string>;

  /**
   * @param name The resource's name.
   * @param args See {@link DatabricksCfgProfileArgs}.
   * @param opts Pulumi's options. `deleteBeforeReplace` is on, because both would stand in the same place.
   */
  constructor(name: string, args: DatabricksCfgProfileArgs, opts: pulumi.CustomResourceOptions = {}) {
    super(typeToken(KIND.type), name, propertiesOf(KIND, name, args, opts), optionsOf(KIND, opts));
  }

  /** Not possible; `adopt` takes over what is there. @throws DatabricksTokensError INVALID_INPUT */
  static get(name: string, ..._: unknown[]): never {
    return refuseGet(KIND.type, name);
  }
}
