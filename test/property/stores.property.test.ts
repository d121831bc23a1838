import assert from "node:assert/strict";
import fc from "fast-check";
import { NetrcDocument, netrcProblem } from "../../provider/machine/netrc-document";
import { ProfileDocument } from "../../provider/machine/profile-document";
import { profileValueProblem } from "../../provider/machine/profile-values";

const joined = (...parts: Array<fc.Arbitrary<string>>): fc.Arbitrary<string> =>
  fc.tuple(...parts).map((found) => found.join(""));
/** Bytes, as the documents see them. */
const bytes = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) });

const blank = fc.constantFrom(" ", "  ", "\t", "\n", "\n\n", " \n  ", "\r\n");
const word = fc.constantFrom(
  "a",
  "b.example.com",
  "token",
  "x'y",
  '"q d"',
  '"a\\"b"',
  '"#"',
  "p#w",
  "é",
  "voil\u00C3\u00A0",
  "login",
);
const password = fc.string({ minLength: 1, maxLength: 30 }).filter((value) => netrcProblem(value) === undefined);
const netrcPiece = fc.oneof(
  joined(fc.constant("machine"), blank, word, blank, fc.constant("login"), blank, word, blank),
  joined(fc.constant("machine"), blank, word, blank, fc.constant("password"), blank, word, blank),
  fc.constantFrom("# comment machine ours login x\n", "macdef init\nmachine ours\nls\n\n", "\n", "junk \n", "user u "),
  joined(fc.constant("default login"), blank, word, blank),
);
/** Written by people: any of these in any order, with or without a newline at the end. */
const netrcText = fc
  .tuple(fc.array(netrcPiece, { maxLength: 8 }), fc.boolean())
  .map(([pieces, ended]) => (ended ? pieces.join("") : pieces.join("").replace(/\s+$/, "")));

const outside = (text: string, machine: string): Array<[string, unknown]> => {
  const document = new NetrcDocument(text);
  return document.machines.filter((name) => name !== machine).map((name) => [name, tried(() => document.value(name))]);
};
function tried<T>(look: () => T): T | string {
  try {
    return look();
  } catch (error) {
    return (error as Error).message;
  }
}

describe("documents of stores: properties", () => {
  it("netrc: any text is printed as it was read, and looking at it never fails otherwise than by its own error", () => {
    fc.assert(
      fc.property(fc.oneof(bytes, netrcText), (text) => {
        const document = new NetrcDocument(text);
        assert.equal(document.toString(), text);
        tried(() => document.value("ours"));
      }),
    );
  });

  it("netrc: an entry put in is read back, leaves every other byte, and taken out leaves the text as it was", () => {
    fc.assert(
      fc.property(netrcText, password, password, (text, first, second) => {
        fc.pre(!new NetrcDocument(text).machines.includes("ours"));
        const before = outside(text, "ours");
        const added = new NetrcDocument(text).with("ours", { login: "token", password: first });
        assert.deepEqual(added.value("ours"), { login: "token", password: first });
        assert.deepEqual(outside(added.toString(), "ours"), before);
        const changed = added.with("ours", { login: "token", password: second });
        assert.deepEqual(changed.value("ours"), { login: "token", password: second });
        assert.deepEqual(outside(changed.toString(), "ours"), before);
        assert.equal(changed.with("ours", { login: "token", password: first }).toString(), added.toString());
        const after = changed.without("ours").toString();
        // The blank line that ended an open macro stays: without it the next entry would be a part of the macro.
        const ended = text.includes("macdef") && after.startsWith(text) && after.slice(text.length).trim() === "";
        if (!ended) assert.equal(after, text);
      }),
      { numRuns: 1000 },
    );
  });

  it("netrc: an adopted entry comes back byte for byte", () => {
    fc.assert(
      fc.property(netrcText, netrcText, word, word, password, (before, after, login, old, value) => {
        const text = `${before}\n\nmachine ours login ${login} password ${old}\n${after}`;
        const document = new NetrcDocument(text);
        fc.pre(document.machines.filter((name) => name === "ours").length === 1);
        const raw = document.raw("ours") ?? "";
        assert.equal(document.with("ours", { login: "token", password: value }).restored("ours", raw).toString(), text);
      }),
      { numRuns: 500 },
    );
  });

  const nl = fc.constantFrom("\n", "\r\n");
  const profileLine = fc.constantFrom(
    "[a]",
    "[b c]",
    " [d] ",
    "[f] # [note]",
    "host = https://x",
    "token=abc ; note",
    "# token = no",
    "; x",
    "",
    "   ",
    "odd",
    "cluster_id : 1",
    "\u00EF\u00BB\u00BF[e]",
  );
  const profileText = fc
    .tuple(fc.array(profileLine, { maxLength: 10 }), nl, fc.boolean())
    .map(([found, newline, ended]) => found.join(newline) + (ended ? newline : ""));
  const value = fc
    .string({ minLength: 1, maxLength: 30 })
    .filter((text) => profileValueProblem(text) === undefined)
    .map((token) => ({ host: "https://h", token }));

  it("profiles: any text is printed as it was read", () => {
    fc.assert(
      fc.property(fc.oneof(bytes, profileText), (text) => {
        const document = new ProfileDocument(text);
        assert.equal(document.toString(), text);
        tried(() => document.value("ours"));
      }),
    );
  });

  it("profiles: one put in is read back, stands after all bytes of before, and taken out leaves them", () => {
    fc.assert(
      fc.property(profileText, value, value, (text, first, second) => {
        const added = new ProfileDocument(text).with("ours", first);
        assert.deepEqual(added.value("ours"), first);
        assert.ok(added.toString().startsWith(text));
        const changed = added.with("ours", second);
        assert.deepEqual(changed.value("ours"), second);
        assert.equal(changed.with("ours", first).toString(), added.toString());
        assert.equal(changed.without("ours").document.toString(), text);
      }),
      { numRuns: 1000 },
    );
  });

  it("profiles: an adopted one comes back byte for byte", () => {
    fc.assert(
      fc.property(profileText, profileText, value, (before, after, wish) => {
        const text = `${before}\n[ours]\n${after}`;
        const document = new ProfileDocument(text);
        const raw = tried(() => document.raw("ours"));
        fc.pre(typeof raw === "string" && raw.startsWith("{"));
        assert.equal(document.with("ours", wish).restored("ours", String(raw)).toString(), text);
      }),
      { numRuns: 500 },
    );
  });
});
