import { join } from "node:path";
import { DatabricksTokensError } from "../errors";
import { Secret } from "../secret";
import { parseHost } from "../workspace/host";
import { ProfileDocument } from "./profile-document";
import { profileNameProblem, profileValueProblem } from "./profile-values";
import { checkPath, type FoundEntry, type Store, textInput } from "./store";
import { assertText, pythonEncodingProblem } from "./text-encoding";
import { editText, readText } from "./text-file";

/** Profiles of a `.databrickscfg`. */
export const databricksCfg: Store = {
  type: "DatabricksCfgProfile",
  placeKeys: ["profile", "file"],
  attributeKeys: ["host"],
  secretKey: "token",
  inFile: true,

  async check(context, inputs, fail) {
    const profile = textInput(inputs, "profile", fail);
    const problem = profile && profileNameProblem(profile);
    if (problem) fail("profile", problem);
    const host = textInput(inputs, "host", fail);
    if (host !== undefined) {
      try {
        inputs["host"] = parseHost(host, "host");
      } catch (error) {
        if (!(error instanceof DatabricksTokensError)) throw error;
        fail("host", error.message);
      }
    }
    const token = textInput(inputs, "token", fail);
    const unwritable = token && profileValueProblem(token);
    if (unwritable) fail("token", unwritable);
    const standard = context.env["DATABRICKS_CONFIG_FILE"] || join(context.home, ".databrickscfg");
    await checkPath(context, inputs, standard, fail);
  },

  place(context, { profile = "", file = "" }) {
    const shown = `profile ${profile} in ${file}`;
    return {
      key: `${file}\n${profile}`,
      shown,
      async look() {
        const text = await readText(file, context);
        return text === undefined ? undefined : foundIn(documentOf(file, text), profile);
      },
      edit: (decide) =>
        editText(file, context, async (text) => {
          const document = documentOf(file, text);
          const edit = await decide(foundIn(document, profile));
          if (edit?.kind === "write") {
            const { attributes, secret } = edit.value;
            const problem = pythonEncodingProblem(text);
            if (problem) context.warn(`the Databricks SDK for Python can't read ${file}: ${problem}`);
            return document.with(profile, { host: attributes["host"] ?? "", token: secret.reveal() }).toString();
          }
          if (edit?.kind === "restore") return document.restored(profile, edit.raw.reveal()).toString();
          if (!edit) return text;
          const { document: after, rest } = document.without(profile);
          if (rest) context.warn(`${shown} holds more than host and token: only those two were removed`);
          return after.toString();
        }),
    };
  },
};

function documentOf(file: string, text: string): ProfileDocument {
  assertText(file, text);
  return new ProfileDocument(text);
}

function foundIn(document: ProfileDocument, profile: string): FoundEntry | undefined {
  const value = document.value(profile);
  return (
    value && {
      value: { attributes: { host: value.host }, secret: new Secret(value.token) },
      raw: new Secret(document.raw(profile) ?? ""),
      isVacant: document.isVacant(profile),
    }
  );
}
