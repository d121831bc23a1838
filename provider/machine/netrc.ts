import { join } from "node:path";
import { domainToASCII } from "node:url";
import type { Fail } from "../pulumi/check-failures";
import { type Properties, UNKNOWN } from "../pulumi/wire";
import { Secret } from "../secret";
import { NetrcDocument, netrcProblem } from "./netrc-document";
import { pythonProblem } from "./netrc-python";
import { checkPath, type EntryValue, type FoundEntry, type Store, textInput } from "./store";
import { assertText } from "./text-encoding";
import { editText, readText } from "./text-file";

/** Entries of a `.netrc`: one a machine. */
export const netrc: Store = {
  type: "NetrcEntry",
  placeKeys: ["machine", "file"],
  attributeKeys: ["login"],
  secretKey: "password",
  inFile: true,

  async check(context, inputs, fail) {
    checkMachine(inputs, fail);
    inputs["login"] ??= "token";
    for (const key of ["login", "password"]) {
      const text = textInput(inputs, key, fail);
      const problem = text && netrcProblem(text);
      if (problem) fail(key, problem);
      else if (key === "login" && text?.includes(":"))
        fail(key, "has a colon, which ends the user name in HTTP's Basic");
    }
    await checkPath(context, inputs, context.env["NETRC"] || join(context.home, ".netrc"), fail);
  },

  place(context, { machine = "", file = "" }) {
    return {
      key: `${file}\n${machine}`,
      shown: `machine ${machine} in ${file}`,
      async look() {
        const text = await readText(file, context);
        return text === undefined ? undefined : foundIn(documentOf(file, text), machine);
      },
      edit: (decide) =>
        editText(file, context, async (text) => {
          const document = documentOf(file, text);
          const edit = await decide(foundIn(document, machine));
          if (edit?.kind === "write") {
            const written = document.with(machine, netrcValue(edit.value)).toString();
            const problem = pythonProblem(written);
            if (problem) context.warn(`Python's netrc, and with it requests, can't read ${file}: ${problem}`);
            return written;
          }
          if (edit?.kind === "restore") return document.restored(machine, edit.raw.reveal()).toString();
          return edit ? document.without(machine).toString() : text;
        }),
    };
  },
};

function documentOf(file: string, text: string): NetrcDocument {
  assertText(file, text);
  return new NetrcDocument(text);
}

function foundIn(document: NetrcDocument, machine: string): FoundEntry | undefined {
  const value = document.value(machine);
  return (
    value && {
      value: { attributes: { login: value.login }, secret: new Secret(value.password) },
      raw: new Secret(document.raw(machine) ?? ""),
    }
  );
}

const netrcValue = ({ attributes, secret }: EntryValue) => ({
  login: attributes["login"] ?? "",
  password: secret.reveal(),
});

/** Cuts a URL, or a host with a port, down to the bare host name that readers of `.netrc` look for. */
function checkMachine(inputs: Properties, fail: Fail): void {
  const text = textInput(inputs, "machine", fail);
  if (text === undefined) return;
  const host = hostOf(text);
  if (host === undefined) {
    fail("machine", "must be a host name such as adb-1.2.azuredatabricks.net, or a URL, without credentials in it");
  } else if (host === "default") {
    fail("machine", "must not be `default`: readers would take the entry for every machine's");
  } else inputs["machine"] = host;
}

function hostOf(text: string): string | undefined {
  if (/[\s\p{Cc}\\"#]/u.test(text) || text === UNKNOWN) return undefined;
  const address = text.includes("://") ? text : `https://${text}`;
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  if (url.username !== "" || url.password !== "") return undefined;
  // Readers look for an IPv6 address without its brackets.
  const host = url.hostname.replace(/^\[|\]$|\.$/g, "");
  return host === "" ? undefined : domainToASCII(host) || host.toLowerCase();
}
