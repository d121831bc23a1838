import { DatabricksTokensError, type ErrorCode } from "../errors";
import { Secret } from "../secret";
import { type Edit, type HeldEntry, type Store, textInput } from "./store";

/** Items of the operating system's keyring, as Python's `keyring` names them. */
export const keyring: Store = {
  type: "KeyringEntry",
  placeKeys: ["service", "username"],
  attributeKeys: [],
  secretKey: "password",
  inFile: false,

  async check(_context, inputs, fail) {
    for (const key of ["service", "username", "password"]) {
      const text = textInput(inputs, key, fail);
      if (text !== undefined && /\p{Cc}/u.test(text))
        fail(key, "has control characters, which not every keyring keeps");
    }
  },

  place(_context, { service = "", username = "" }) {
    const shown = `user ${username} of service ${service} in the keyring`;
    const look = async (): Promise<HeldEntry | undefined> => {
      const password = await called(shown, async () => (await open(service, username)).getPassword());
      // A library that finds nothing says null, an older one nothing.
      if (password === null || password === undefined) return undefined;
      return { value: { attributes: {}, secret: new Secret(password) }, raw: new Secret(password) };
    };
    return {
      key: `${service}\n${username}`,
      shown,
      look,
      async edit(decide) {
        const edit = decide(await look());
        if (edit) await called(shown, async () => apply(await open(service, username), edit));
      },
    };
  },
};

async function apply(entry: KeyringItem, edit: Edit): Promise<void> {
  if (edit.kind === "remove") await entry.deletePassword();
  else await entry.setPassword((edit.kind === "write" ? edit.value.secret : edit.raw).reveal());
}

interface KeyringItem {
  getPassword(): Promise<string | null | undefined>;
  setPassword(password: string): Promise<void>;
  deletePassword(): Promise<boolean>;
}

/** Loaded when first used: the package is optional, and holds native code. */
async function open(service: string, username: string): Promise<KeyringItem> {
  let library: typeof import("@napi-rs/keyring");
  try {
    library = await import("@napi-rs/keyring");
  } catch (error) {
    throw new DatabricksTokensError(
      "KEYRING_NOT_INSTALLED",
      "KeyringEntry needs the package @napi-rs/keyring, which can't be loaded here: npm install @napi-rs/keyring",
      { cause: error },
    );
  }
  // Without this it would fall back to the kernel's key ring, which no other program reads and a restart empties.
  return new library.AsyncEntry(service, username, { linux: { store: "secret-service" } });
}

async function called<T>(shown: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof DatabricksTokensError) throw error;
    const [code, text] = reasonOf((error as Error).message);
    throw new DatabricksTokensError(code, `${shown}: ${text}`, { cause: error });
  }
}

const REASONS: ReadonlyArray<[RegExp, ErrorCode, string]> = [
  [
    /ambiguous|matched by \d+ credentials/i,
    "ENTRY_AMBIGUOUS",
    "the keyring has more than one such item (Python's keyring and this package mark theirs differently): delete all but one",
  ],
  [
    /prompt was dismissed|locked/i,
    "KEYRING_LOCKED",
    "the keyring is locked, and nobody is there to unlock it; unlock it (on Linux without a desktop: " +
      "gnome-keyring-daemon --unlock) and run the command again",
  ],
  [
    /dbus|d-bus|no result found|secret service|no storage access/i,
    "KEYRING_UNAVAILABLE",
    "this machine has no keyring that answers. On Linux: install gnome-keyring and dbus (apt-get install gnome-keyring " +
      "dbus-user-session), and run Pulumi in a session with an unlocked default keyring: " +
      "dbus-run-session -- sh -c 'gnome-keyring-daemon --unlock --components=secrets; pulumi up'",
  ],
];

/** Never the library's own words: they are not known to be free of secrets. */
function reasonOf(message: string): [ErrorCode, string] {
  const known = REASONS.find(([pattern]) => pattern.test(message));
  return known ? [known[1], known[2]] : ["KEYRING_FAILED", "the keyring refused the call"];
}
