import type { Input } from "@pulumi/pulumi";
import type { WorkspaceArgs } from "../program/workspace-args";

/** Arguments of {@link DatabricksToken}. */
export interface DatabricksTokenArgs {
  /**
   * What the token is for. On the server a marker is appended that names this stack and resource.
   * Changed in place. At most 1,024 characters with the marker.
   * @default empty
   */
  comment?: Input<string>;
  /**
   * How long a token lives, in seconds: a whole number from 1 to 2^31; `days(90)`, `hours(12)` help.
   * A change rotates. The workspace may have a lower limit (`LIFETIME_OVER_LIMIT`).
   * @default 90 days
   */
  lifetimeSeconds?: Input<number>;
  /**
   * API scopes of the token, such as `["clusters", "jobs"]`; left out, it may do all that its owner may.
   * Changed in place; removing them rotates. `authentication` needs `allowTokenMinting`.
   */
  scopes?: Input<Input<string>[]>;
  /** Lets Databricks derive the scopes from use. A change rotates. @default the workspace's */
  autoscopeEnabled?: Input<boolean>;
  /** Allows the scope `authentication`, whose holder can mint tokens with any scope. @default false */
  allowTokenMinting?: Input<boolean>;
  /**
   * Seconds from one token to the next; `0`: only once it is dead. Rotation happens in an `up`.
   * @default two thirds of the lifetime
   */
  rotateEverySeconds?: Input<number>;
  /**
   * Seconds that a token lives on after its successor was minted; a later `up` revokes it. Cut by its own expiry.
   * @default a third of the lifetime
   */
  overlapSeconds?: Input<number>;
  /** Any change of this map rotates at the next `up`. */
  triggers?: Input<Record<string, Input<string>>>;
  /** Which workspace, and which way to sign in. @default all from config, environment and profile */
  workspace?: Input<WorkspaceArgs>;
}

/** The names of all arguments. */
export const ARGUMENTS = [
  "comment",
  "lifetimeSeconds",
  "scopes",
  "autoscopeEnabled",
  "allowTokenMinting",
  "rotateEverySeconds",
  "overlapSeconds",
  "triggers",
  "workspace",
] as const satisfies ReadonlyArray<keyof DatabricksTokenArgs>;
