import * as pulumi from "@pulumi/pulumi";
import { refuseGet } from "../program/options";
import { typeToken } from "../program/resource-base";
import { type EntryKind, optionsOf, propertiesOf } from "./entry-resource";

/** Arguments of {@link NetrcEntry}. */
export interface NetrcEntryArgs {
  /**
   * The host that the entry is for. A URL, such as a token's `host`, is cut down to its host name. A change moves the
   * entry: the new one is written, then the old one removed.
   */
  machine: pulumi.Input<string>;
  /**
   * What is sent as the password: the token. Printable ASCII. Always a secret. Changed in place.
   */
  password: pulumi.Input<string>;
  /** What is sent as the user name. Changed in place. @default `token`, as Databricks wants it for tokens */
  login?: pulumi.Input<string>;
  /**
   * The file; `~/` is the home folder, a relative path starts at the program's folder. A change moves the entry.
   * @default the file that `NETRC` names, else `.netrc` in the home folder
   */
  path?: pulumi.Input<string>;
  /**
   * Takes over an entry that is there already. Its value is kept in the state, encrypted, and put back on destroy.
   * @default false: an entry that this stack did not write is an error (`ENTRY_EXISTS`)
   */
  adopt?: pulumi.Input<boolean>;
}

const KIND: EntryKind = {
  type: "NetrcEntry",
  secretKey: "password",
  arguments: ["machine", "password", "login", "path", "adopt"],
};

/**
 * An entry of `.netrc`, by which `curl -n`, git and Python's requests sign in. The file is for its owner alone (0600),
 * is replaced as a whole, and keeps every other byte.
 *
 * ```ts
 * const token = new DatabricksToken("ci", { scopes: ["clusters"] });
 * new NetrcEntry("ci", { machine: token.host, password: token.tokenValue });
 * ```
 *
 * It belongs to the machine that `pulumi up` first ran on: elsewhere it is left alone, with a warning. On destroy it is
 * removed if it still holds what this stack wrote. Failures carry a stable code, see {@link DatabricksTokensError}.
 */
export class NetrcEntry extends pulumi.CustomResource {
  /** The bare host name. */
  declare readonly machine: pulumi.Output<string>;
  declare readonly login: pulumi.Output<string>;
  /** Secret. */
  declare readonly password: pulumi.Output<string>;
  /** The file's absolute path. */
  declare readonly file: pulumi.Output<string>;
  declare readonly path: pulumi.Output<string | undefined>;
  declare readonly adopt: pulumi.Output<boolean | undefined>;
  /** Hash that tells the machine, and its user, that the entry is on. */
  declare readonly machineId: pulumi.Output<string>;
  /** That machine's name, for people. */
  declare readonly machineName: pulumi.Output<string>;

  /**
   * @param name The resource's name.
   * @param args See {@link NetrcEntryArgs}.
   * @param opts Pulumi's options. `deleteBeforeReplace` is on, because both would stand in the same place.
   */
  constructor(name: string, args: NetrcEntryArgs, opts: pulumi.CustomResourceOptions = {}) {
    super(typeToken(KIND.type), name, propertiesOf(KIND, name, args, opts), optionsOf(KIND, opts));
  }

  /** Not possible; `adopt` takes over what is there. @throws DatabricksTokensError INVALID_INPUT */
  static get(name: string, ..._: unknown[]): never {
    return refuseGet(KIND.type, name);
  }
}
