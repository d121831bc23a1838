import * as pulumi from "@pulumi/pulumi";
import { refuseGet } from "../options";
import { typeToken } from "../program";
import { type EntryKind, optionsOf, propertiesOf } from "./entry-resource";

/** Arguments of {@link KeyringEntry}. */
export interface KeyringEntryArgs {
  /** The first argument of Python's `keyring.get_password`. A change moves the entry. */
  service: pulumi.Input<string>;
  /** The second one. A change moves the entry. */
  username: pulumi.Input<string>;
  /** What is kept: the token. Always a secret. Changed in place. */
  password: pulumi.Input<string>;
  /**
   * Takes over an entry that is there already. Its value is kept in the state, encrypted, and put back on destroy.
   * @default false: an entry that this stack did not write is an error (`ENTRY_EXISTS`)
   */
  adopt?: pulumi.Input<boolean>;
}

const KIND: EntryKind = {
  type: "KeyringEntry",
  secretKey: "password",
  arguments: ["service", "username", "password", "adopt"],
};

/**
 * An entry of the operating system's keyring (Secret Service, macOS Keychain, Windows Credential Manager), as Python's
 * `keyring` reads it. Needs the package `@napi-rs/keyring` beside this one. Where there is no keyring it fails; the value
 * never goes into a file instead.
 *
 * ```ts
 * const token = new DatabricksToken("me", { scopes: ["clusters"] });
 * new KeyringEntry("me", { service: "databricks", username: "me", password: token.tokenValue });
 * ```
 *
 * It belongs to the machine that `pulumi up` first ran on: elsewhere it is left alone, with a warning. On destroy it is
 * removed if it still holds what this stack wrote. Failures carry a stable code, see {@link DatabricksTokensError}.
 */
export class KeyringEntry extends pulumi.CustomResource {
  declare readonly service: pulumi.Output<string>;
  declare readonly username: pulumi.Output<string>;
  /** Secret. */
  declare readonly password: pulumi.Output<string>;
  declare readonly adopt: pulumi.Output<boolean | undefined>;
  /** Hash that tells the machine, and its user, that the entry is on. */
  declare readonly machineId: pulumi.Output<string>;
  /** That machine's name, for people. */
  declare readonly machineName: pulumi.Output<string>;

  /**
   * @param name The resource's name.
   * @param args See {@link KeyringEntryArgs}.
   * @param opts Pulumi's options. `deleteBeforeReplace` is on, because both would stand in the same place.
   */
  constructor(name: string, args: KeyringEntryArgs, opts: pulumi.CustomResourceOptions = {}) {
    super(typeToken(KIND.type), name, propertiesOf(KIND, name, args, opts), optionsOf(KIND, opts));
  }

  /** Not possible; `adopt` takes over what is there. @throws DatabricksTokensError INVALID_INPUT */
  static get(name: string, ..._: unknown[]): never {
    return refuseGet(KIND.type, name);
  }
}
