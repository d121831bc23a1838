import { parseArgs } from "node:util";
import { DatabricksTokensError } from "../errors";
import { storeContext } from "../process/store-context";
import { Secret } from "../secret";
import { databricksCfg } from "../stores/databricks-cfg";
import { keyring } from "../stores/keyring";
import { netrc } from "../stores/netrc";
import { type Edit, type EntryValue, type HeldEntry, type Store, type StoreContext, sameValue } from "../stores/store";
import type { Properties } from "../token/state";
import { foreignText } from "../workspace/foreign-text";
import { StackOutputs } from "./stack-outputs";

export const WRITE_HELP = `Usage: databricks-tokens write netrc|keyring|profile --stack NAME [OPTIONS]

Writes a token from a stack's outputs where programs of this machine read it: for throw-away runners, on which no
\`pulumi up\` runs. The Pulumi CLI reads the stack, so its sign-in and passphrase must be at hand.

  --stack NAME      the stack, such as dev or organization/project/dev
  --dir DIR         the folder of its project                          (default: the current folder)
  --output NAME     the output that is the token                       (default: the only secret one, else token)
  --adopt           replace an entry that is there with another value; the value that was there is not kept

netrc: for curl -n, git and Python's requests
  --machine HOST    host name or URL                                   (default: the stack's output host)
  --login NAME                                                         (default: token)
  --path FILE                                                          (default: $NETRC, else ~/.netrc)

profile: for the Databricks CLI and SDKs
  --profile NAME                                                       (default: DEFAULT)
  --host URL                                                           (default: the stack's output host)
  --path FILE                                                          (default: $DATABRICKS_CONFIG_FILE, else ~/.databrickscfg)

keyring: for Python's keyring
  --service NAME                                                       (default: databricks)
  --username NAME                                                      (default: token)

The token is never printed, and goes into no argument of a program. Nothing removes the entry: it goes with the machine.
`;

interface Kind {
  readonly store: Store;
  /** Input by option. */
  readonly options: Readonly<Record<string, string>>;
  /** The input that the stack's output `host` gives where no option does. */
  readonly hostInput?: string;
  readonly defaults: Readonly<Record<string, string>>;
}

const KINDS: Readonly<Record<string, Kind>> = {
  netrc: {
    store: netrc,
    options: { machine: "machine", login: "login", path: "path" },
    hostInput: "machine",
    defaults: {},
  },
  profile: {
    store: databricksCfg,
    options: { profile: "profile", host: "host", path: "path" },
    hostInput: "host",
    defaults: { profile: "DEFAULT" },
  },
  keyring: {
    store: keyring,
    options: { service: "service", username: "username" },
    defaults: { service: "databricks", username: "token" },
  },
};

const invalid = (what: string): DatabricksTokensError =>
  new DatabricksTokensError("INVALID_INPUT", `${what}; see databricks-tokens write --help`);

/** Runs `databricks-tokens write`; gives the line that says what was done. */
export async function write(args: string[]): Promise<string> {
  const { kind, values } = readArguments(args);
  const { stack = "", dir = process.cwd(), adopt = false } = values;
  const outputs = await StackOutputs.of(stack, dir);
  const name = outputs.tokenName(values.output);
  const inputs: Properties = { ...kind.defaults };
  for (const [option, input] of Object.entries(kind.options)) {
    const value = (values as Record<string, unknown>)[option];
    if (value !== undefined) inputs[input] = value;
  }
  if (kind.hostInput !== undefined && inputs[kind.hostInput] === undefined) {
    const host = outputs.plain("host");
    if (host === undefined) {
      throw new DatabricksTokensError(
        "OUTPUT_NOT_FOUND",
        `Stack ${stack} has no output host: give --${kind.hostInput}, or export the token's host`,
      );
    }
    inputs[kind.hostInput] = host;
  }
  const token = await outputs.token(name);
  inputs[kind.store.secretKey] = token.reveal();
  const { shown, changed } = await put(storeContext(), kind.store, inputs, adopt);
  const [place, output] = [shown, name].map((text) => foreignText(text));
  return `${changed ? "Wrote" : "Unchanged:"} ${place} (output ${output} of stack ${stack})`;
}

function readArguments(args: string[]) {
  const text = { type: "string" } as const;
  let parsed: ReturnType<typeof parse>;
  const parse = () =>
    parseArgs({
      args,
      allowPositionals: true,
      options: {
        stack: text,
        dir: text,
        output: text,
        adopt: { type: "boolean" },
        machine: text,
        login: text,
        path: text,
        profile: text,
        host: text,
        service: text,
        username: text,
      },
    });
  try {
    parsed = parse();
  } catch (error) {
    throw invalid((error as Error).message.split(". ")[0] ?? "");
  }
  const { values, positionals } = parsed;
  const [where = "", ...more] = positionals;
  const kind = Object.hasOwn(KINDS, where) ? KINDS[where] : undefined;
  if (!kind || more.length > 0) throw invalid(`Say where to: one of ${Object.keys(KINDS).join(", ")}`);
  if (!values.stack) throw invalid("Say which stack: --stack NAME");
  const common = ["stack", "dir", "output", "adopt"];
  const foreign = Object.keys(values).filter((option) => !common.includes(option) && !(option in kind.options));
  if (foreign.length > 0) throw invalid(`write ${where} has no --${foreign.join(", --")}`);
  return { kind, values };
}

/** The same checks and the same writing as the resource's. Without its state, another value is never taken for ours. */
async function put(context: StoreContext, store: Store, inputs: Properties, adopt: boolean) {
  const failures: string[] = [];
  await store.check(context, inputs, (property, reason) => void failures.push(`${property} ${reason}`));
  if (failures.length > 0) throw new DatabricksTokensError("INVALID_INPUT", failures.join("; "));
  const texts = (keys: readonly string[]) => Object.fromEntries(keys.map((key) => [key, String(inputs[key] ?? "")]));
  const place = store.place(context, texts(store.placeKeys));
  const value: EntryValue = {
    attributes: texts(store.attributeKeys),
    secret: new Secret(String(inputs[store.secretKey])),
  };
  let changed = false;
  await place.edit((held: HeldEntry | undefined): Edit | undefined => {
    if (held && sameValue(held.value, value)) return undefined;
    if (held && !held.isVacant && !adopt) {
      throw new DatabricksTokensError(
        "ENTRY_EXISTS",
        `${foreignText(place.shown)} is there already, with another value; --adopt replaces it`,
      );
    }
    changed = true;
    return { kind: "write", value };
  });
  return { shown: place.shown, changed };
}
