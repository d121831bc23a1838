import { isAbsolute, resolve } from "node:path";
import type { Fail } from "../pulumi/check-failures";
import { type Properties, UNKNOWN } from "../pulumi/wire";
import type { Secret } from "../secret";
import { fromHome } from "../sign-in/paths";
import { assertPath } from "./file-path";
import type { FileSurroundings } from "./text-file";

/** What a store's lifecycle works with: this machine, its settings, and where warnings go. */
export interface StoreContext extends FileSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder that a relative path starts from. */
  readonly cwd: string;
  /** Pulumi's own folder; undefined: there is no home. */
  readonly pulumiHome: string | undefined;
  readonly machineId: string;
  /** For people. */
  readonly machineName: string;
}

/** What an entry holds: one secret, and what stands beside it, such as the login. */
export interface EntryValue {
  readonly attributes: Readonly<Record<string, string>>;
  readonly secret: Secret;
}

export const sameValue = (a: EntryValue, b: EntryValue): boolean =>
  a.secret.reveal() === b.secret.reveal() &&
  Object.keys({ ...a.attributes, ...b.attributes }).every((key) => a.attributes[key] === b.attributes[key]);

export interface FoundEntry {
  readonly value: EntryValue;
  /** All that is needed to put it back byte for byte. */
  readonly raw: Secret;
  /** Nothing that signs in is in it: it may be filled, and is put back as it was. */
  readonly isVacant?: boolean;
}

export type Edit =
  | { readonly kind: "write"; readonly value: EntryValue }
  | { readonly kind: "remove" }
  | { readonly kind: "restore"; readonly raw: Secret };

export type Decide = (found: FoundEntry | undefined) => Edit | undefined | Promise<Edit | undefined>;

/** Where one entry stands: a machine's line of a file, a profile, an item of the keyring. */
export interface Place {
  /** The same for the same place of this machine. */
  readonly key: string;
  /** For people: `machine adb-1.2.azuredatabricks.net in /home/me/.netrc`. */
  readonly shown: string;
  look(): Promise<FoundEntry | undefined>;
  /** Looks, and does what `decide` says of what it saw, with no other writer in between. */
  edit(decide: Decide): Promise<void>;
}

/** A kind of store. What the kinds have in common is in entry-lifecycle.ts. */
export interface Store {
  /** The resource's class, and its type in the state. */
  readonly type: "NetrcEntry" | "DatabricksCfgProfile" | "KeyringEntry";
  /** Inputs that say where; the first is named when the place is refused. */
  readonly placeKeys: readonly string[];
  /** Inputs that stand beside the secret. */
  readonly attributeKeys: readonly string[];
  /** The input that is the secret. */
  readonly secretKey: string;
  /** Whether `file` is a part of the place. */
  readonly inFile: boolean;
  /** Validates what is known, and puts it into its one form. */
  check(context: StoreContext, inputs: Properties, fail: Fail): Promise<void>;
  place(context: StoreContext, where: Readonly<Record<string, string>>): Place;
}

/** The input as a text; undefined where it is not known yet, or wrong, which is reported. */
export function textInput(inputs: Properties, key: string, fail: Fail): string | undefined {
  const value = inputs[key];
  if (value === UNKNOWN) return undefined;
  if (typeof value === "string" && value !== "") return value;
  fail(key, value === undefined ? "is required" : value === "" ? "must not be empty" : "must be a text");
  return undefined;
}

/** Resolves `path` into the input `file`: absolute, and checked. */
export async function checkPath(
  { home, cwd }: StoreContext,
  inputs: Properties,
  standard: string,
  fail: Fail,
): Promise<void> {
  const given = inputs["path"] ?? standard;
  if (given === UNKNOWN) {
    inputs["file"] = UNKNOWN;
    return;
  }
  if (typeof given !== "string" || given === "" || /\p{Cc}/u.test(given)) {
    fail("path", "must be a file's path, without control characters");
    return;
  }
  const expanded = fromHome(given, () => home);
  if (expanded === given && given.startsWith("~")) {
    fail(
      "path",
      `must be ~/... for the home folder: no shell reads ${given}, and a folder of that name is hardly meant`,
    );
    return;
  }
  const file = isAbsolute(expanded) ? resolve(expanded) : resolve(cwd, expanded);
  inputs["file"] = file;
  try {
    await assertPath(file, home);
  } catch (error) {
    fail("path", (error as Error).message);
  }
}
