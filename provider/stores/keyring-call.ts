/** One call of the keyring, as it goes to the child process and comes back. */
export interface KeyringCall {
  readonly call: "get" | "set" | "delete";
  readonly service: string;
  readonly username: string;
  /** Of `set`. */
  readonly password?: string;
}

export type KeyringAnswer =
  /** Of `get`: null is nothing there. */
  { readonly password: string | null } | { readonly failed: "not-installed" | "refused"; readonly message: string };
