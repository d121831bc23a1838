import { DatabricksTokensError, type ErrorCode } from "../errors";
import { addCommand, packageManagerOf } from "../pulumi/package-manager";
import { Secret } from "../secret";
import type { KeyringAnswer, KeyringCall } from "./keyring-call";
import { callKeyring, KeyringSilent } from "./keyring-process";
import { type FoundEntry, type Store, textInput } from "./store";

/** The least that a keyring gets: its process has to start, and one that sleeps to wake up. */
const LEAST_MS = 5_000;

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

  place({ lockTimeoutMs }, { service = "", username = "" }) {
    const shown = `user ${username} of service ${service} in the keyring`;
    const limitMs = Math.max(lockTimeoutMs || 0, LEAST_MS);
    const ask = (call: Pick<KeyringCall, "call" | "password">): Promise<string | null> =>
      asked(shown, { ...call, service, username }, limitMs);
    const look = async (): Promise<FoundEntry | undefined> => {
      const password = await ask({ call: "get" });
      if (password === null) return undefined;
      return { value: { attributes: {}, secret: new Secret(password) }, raw: new Secret(password) };
    };
    return {
      key: `${service}\n${username}`,
      shown,
      look,
      async edit(decide) {
        const edit = await decide(await look());
        if (edit?.kind === "remove") await ask({ call: "delete" });
        else if (edit)
          await ask({ call: "set", password: (edit.kind === "write" ? edit.value.secret : edit.raw).reveal() });
      },
    };
  },
};

async function asked(shown: string, call: KeyringCall, limitMs: number): Promise<string | null> {
  let answer: KeyringAnswer;
  try {
    answer = await callKeyring(call, limitMs);
  } catch (error) {
    if (error instanceof KeyringSilent) {
      throw new DatabricksTokensError(
        "KEYRING_UNAVAILABLE",
        `${shown}: the keyring does not answer (waited ${limitMs / 1000} s: databricks:lockTimeoutSeconds). On Linux, see ` +
          "that what DBUS_SESSION_BUS_ADDRESS names is a session bus with a Secret Service; elsewhere, that no window asks " +
          "for its password. Then run the command again",
      );
    }
    throw new DatabricksTokensError(
      "KEYRING_FAILED",
      `${shown}: the process that calls the keyring has ended without an answer, or could not be started; run the ` +
        "command again",
      { cause: error },
    );
  }
  if (!("failed" in answer)) return answer.password;
  if (answer.failed === "not-installed") {
    throw new DatabricksTokensError(
      "KEYRING_NOT_INSTALLED",
      "KeyringEntry needs the package @napi-rs/keyring, which can't be loaded here: " +
        addCommand(packageManagerOf(process.cwd(), process.env), "@napi-rs/keyring"),
    );
  }
  const [code, text] = reasonOf(answer.message);
  throw new DatabricksTokensError(code, `${shown}: ${text}`);
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
