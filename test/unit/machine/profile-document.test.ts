import assert from "node:assert/strict";
import { ProfileDocument } from "../../../provider/machine/profile-document";
import { profileNameProblem, profileValueProblem } from "../../../provider/machine/profile-values";

const VALUE = { host: "https://h", token: "new" };
const PROFILE = "[p]\nhost = https://h\ntoken = new\n";

describe("profile document", () => {
  const added = (text: string): string => new ProfileDocument(text).with("p", VALUE).toString();
  const cut = (text: string): string => new ProfileDocument(text).without("p").document.toString();

  it("adds at the end, with a blank line between, in the file's own line ends", () => {
    assert.equal(added(""), PROFILE);
    assert.equal(added("[a]\nhost = x\n"), `[a]\nhost = x\n\n${PROFILE}`);
    assert.equal(added("[a]\r\n"), "[a]\r\n\r\n[p]\r\nhost = https://h\r\ntoken = new\r\n");
    assert.equal(added("[a]\nhost = x"), "[a]\nhost = x\n\n[p]\nhost = https://h\ntoken = new");
  });

  it("changes values in place, comments and spacing kept", () => {
    const text = "; top\n[p]\n; mine\nHOST=https://old\ntoken : old-one\ncluster_id = 1\n[q]\ntoken = t\n";
    const document = new ProfileDocument(text);
    assert.deepEqual(document.value("p"), { host: "https://old", token: "old-one" });
    assert.equal(
      document.with("p", VALUE).toString(),
      text.replace("https://old", "https://h").replace("old-one", "new"),
    );
    assert.deepEqual(document.profiles, ["p", "q"]);
  });

  it("adds what is missing after the header or the host", () => {
    assert.equal(added("[p]\ncluster_id = 1"), "[p]\nhost = https://h\ntoken = new\ncluster_id = 1");
    assert.equal(added("[p]"), "[p]\nhost = https://h\ntoken = new");
    assert.equal(added("[p]\na = 1\nhost = x\nb = 2\n"), "[p]\na = 1\nhost = https://h\ntoken = new\nb = 2\n");
  });

  it("puts raw lines back byte for byte", () => {
    for (const text of ["[p]\n host:x # c\nb = 2", "[p]\n\ntoken=a\n", "[p]", "[a]\r\n[p]\r\ntoken = t\r\nhost = h"]) {
      const document = new ProfileDocument(text);
      assert.equal(
        document
          .with("p", VALUE)
          .restored("p", document.raw("p") ?? "")
          .toString(),
        text,
      );
    }
  });

  it("cuts the profile, or host and token alone where it holds more", () => {
    assert.equal(cut(`[a]\nx = 1\n\n${PROFILE}\n[b]\n`), "[a]\nx = 1\n\n[b]\n");
    assert.equal(cut(PROFILE), "");
    const { document, rest } = new ProfileDocument(`${PROFILE}cluster_id = 1\n# c\n`).without("p");
    assert.equal(rest, true);
    assert.equal(document.toString(), "[p]\ncluster_id = 1\n# c\n");
  });

  it("takes a header with a comment behind it for a header, as readers do", () => {
    const text = "[p]\nhost = x\n\n[dev] # mine\ntoken = theirs\n";
    const document = new ProfileDocument(text);
    assert.deepEqual(document.profiles, ["p", "dev"]);
    assert.equal(
      document.with("p", VALUE).toString(),
      "[p]\nhost = https://h\ntoken = new\n\n[dev] # mine\ntoken = theirs\n",
    );
    assert.equal(
      document.with("dev", VALUE).toString(),
      text.replace("token = theirs", "host = https://h\ntoken = new"),
    );
    assert.equal(cut(`[p] ; mine\nhost = https://h\ntoken = new\n`), "[p] ; mine\n");
  });

  it("refuses what readers disagree on", () => {
    const refused = (text: string, profile = "p"): void =>
      assert.throws(() => new ProfileDocument(text).with(profile, VALUE), /ENTRY_AMBIGUOUS/);
    refused("[p]\n[q]\n[p]\n");
    refused("[p]\ntoken = a\ntoken = b\n");
    refused("[p]\nclient_id = a\n");
    refused("[p]\nauth_type = databricks-cli\n");
    refused("host = x\n", "DEFAULT");
    // Python's name has the blanks, other readers' has not.
    refused("[ p ]\ntoken = a\n");
    // The comment stands inside of the value.
    refused("[p]\ntoken = a\n# mine\n  b\n");
    // Blanks that make the line a part of the token for Python alone; in bytes.
    for (const blank of ["\x1c", "\u00a0", "\u0085", "\u2003", "\u3000", " \u00a0"]) {
      const bytes = Buffer.from(blank).toString("latin1");
      refused(`[p]\n${bytes}k = 1\n`);
      refused(`[q]\nk = 1\n${bytes}\n  [p]\n`);
      refused(`[q]\nk = 1\n${bytes}[p]\n`);
    }
    assert.ok(new ProfileDocument("[p]\nauth_type = PAT\n").with("p", VALUE));
  });

  it("says which names and values can't be written for every reader", () => {
    for (const name of ["", "a]", "a\nb", " a", "__settings__", "ü", "a#b"]) assert.ok(profileNameProblem(name), name);
    for (const name of ["DEFAULT", "a b", "adb-1.2.azuredatabricks.net", "a/b"]) {
      assert.equal(profileNameProblem(name), undefined, name);
    }
    for (const value of ["", "a b", "a\nb", "a#b", "a;b", '"a"', "a%b", "ü", "a\\"])
      assert.ok(profileValueProblem(value));
    for (const value of ["a=b", "a:b", "eyJ.x_y-z", "~+/"]) assert.equal(profileValueProblem(value), undefined);
  });
});
