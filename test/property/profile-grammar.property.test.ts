import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import fc from "fast-check";
import { ProfileDocument } from "../../provider/machine/profile-document";
import { readProfiles } from "../../provider/sign-in/profiles";
import { SEED } from "../seed";

/** What Python's configparser says of a text. */
type Answer =
  | { readonly profiles: Record<string, Record<string, string | null>>; readonly error?: undefined }
  | { readonly error: string };

const python = (texts: readonly string[]): Answer[] =>
  JSON.parse(
    execFileSync("python3", [join(__dirname, "profile_files.py")], {
      input: JSON.stringify(texts),
      maxBuffer: 256 * 1024 * 1024,
    }).toString(),
  );

const blanks = fc.constantFrom("", "", "", " ", "  ", "\t", "    ");
const name = fc.constantFrom("DEFAULT", "prod", "dev", "my profile", "a.b-c", "é", "x]y");
const key = fc.constantFrom("host", "token", "HOST", "Token", "cluster_id", "auth_type", "a b", "k%y", "ü");
const value = fc.constantFrom(
  ...[
    "https://adb-1.2.azuredatabricks.net",
    "secret",
    "a=b",
    "a:b=c",
    "x # y",
    "x ; y",
    "#z",
    "",
    "%(host)s",
    "50%",
    "[in]",
  ],
  ...["'quoted'", "two words", "é", "\u00a0nbsp\u00a0", "back\\slash"],
);
const line = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(blanks, name, blanks, fc.constantFrom("", "", " # c", " live", "]"))
      .map(([a, n, b, c]) => `${a}[${n}]${b}${c}`),
  },
  { weight: 1, arbitrary: name.map((own) => `[ ${own} ]`) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom("\u00a0", "\x1c", "\u0085", "\u3000"), fc.constantFrom("k = 1", "[q]", "# c"))
      .map(([a, b]) => a + b),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(blanks, key, blanks, fc.constantFrom("=", ":"), blanks, value, blanks)
      .map((parts) => parts.join("")),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(blanks, fc.constantFrom("continued", "[more]", "k = v", "# comment", "; comment", ""))
      .map(([a, b]) => a + b),
  },
  { weight: 1, arbitrary: fc.constantFrom("", "", "   ", "\u000c", "= no key", "no delimiter") },
);
const newline = fc.constantFrom("\n", "\n", "\n", "\r\n", "\r");
const document = fc
  .tuple(fc.constantFrom("", "", "", "# top\n", "\n"), fc.array(line, { maxLength: 12 }), newline, fc.boolean())
  .map(([top, lines, nl, ended]) => top + lines.join(nl) + (ended ? nl : ""));

const TEXTS = fc.sample(document, { seed: SEED, numRuns: 3_000 });

/** What we read: by profile; undefined: the file is refused. */
function ours(text: string): Map<string, { settings: Map<string, string>; refused: boolean }> | undefined {
  try {
    const profiles = [...readProfiles(text, "cfg")];
    return new Map(
      profiles.map(([own, { settings, problem }]) => [
        own,
        { settings: new Map(settings), refused: problem !== undefined },
      ]),
    );
  } catch {
    return undefined;
  }
}

describe("property: .databrickscfg, held to Python's configparser", function () {
  this.timeout(120_000);
  const answers = (): Answer[] => python(TEXTS);

  it("whatever Python reads we read as the same; what it refuses we refuse, at least the profile", () => {
    const counts = { same: 0, refused: 0 };
    for (const [index, answer] of answers().entries()) {
      const text = TEXTS[index]!;
      const shown = JSON.stringify(text);
      const read = ours(text);
      if (answer.error === undefined) {
        assert.ok(read, `refused, and Python reads it: ${shown}`);
        // By names without blanks at their ends, as other clients have them.
        const theirs = new Map<string, Record<string, string | null>>();
        for (const [own, said] of Object.entries(answer.profiles)) theirs.set(own.trim(), said);
        const isPlain = theirs.size === Object.keys(answer.profiles).length;
        for (const [profile, { settings, refused }] of read) {
          // DEFAULT twice is merged by Python: one's token would go to the other's host.
          if (refused && (profile === "DEFAULT" || !isPlain)) continue;
          assert.ok(!refused, `${profile} refused, and Python reads it: ${shown}`);
          const said = Object.fromEntries(
            Object.entries(theirs.get(profile) ?? {}).map(([own, text]) => [own, text ?? ""]),
          );
          assert.deepEqual(Object.fromEntries(settings), said, `${profile} of ${shown}`);
        }
        assert.deepEqual(
          [...theirs.keys()].filter((own) => !read.has(own)),
          [],
          shown,
        );
        counts.same += 1;
      } else if (answer.error === "DuplicateSectionError" || answer.error === "DuplicateOptionError") {
        assert.ok(!read || [...read.values()].some(({ refused }) => refused), `merged in silence: ${shown}`);
        counts.refused += 1;
      } else if (answer.error === "ParsingError") {
        assert.equal(read, undefined, `taken, and Python refuses it: ${shown}`);
        counts.refused += 1;
      }
    }
    assert.ok(counts.same > 500 && counts.refused > 250, JSON.stringify(counts));
  });

  it("what the store writes Python reads, and every other profile as before; and it comes back byte for byte", () => {
    const value = { host: "https://h.example.com", token: "new-token" };
    const bytes = (text: string): string => Buffer.from(text, "utf8").toString("latin1");
    const written: Array<{ text: string; profile: string; after: string; without: string; before: number }> = [];
    const before = answers();
    for (const [index, text] of TEXTS.entries()) {
      if (before[index]?.error !== undefined) continue;
      for (const profile of ["prod", "ours"]) {
        try {
          const old = new ProfileDocument(bytes(text));
          const after = old.with(profile, value);
          const raw = old.raw(profile);
          const back = raw === undefined ? after.without(profile).document : after.restored(profile, raw);
          const decoded = (item: ProfileDocument): string => Buffer.from(item.toString(), "latin1").toString("utf8");
          written.push({ text, profile, after: decoded(after), without: decoded(back), before: index });
          // A profile that was not there leaves the text as it was.
          assert.equal(decoded(back), text, `${profile} in ${JSON.stringify(text)}`);
        } catch (error) {
          if (!/ENTRY_AMBIGUOUS/.test(String(error))) throw error;
        }
      }
    }
    assert.ok(written.length > 1_000, `${written.length}`);
    for (const [index, answer] of python(written.map(({ after }) => after)).entries()) {
      const { text, after, profile, before: old } = written[index]!;
      const shown = `${profile} in ${JSON.stringify(text)}: ${JSON.stringify(after)}`;
      assert.equal(answer.error, undefined, shown);
      const [was, is] = [before[old], answer].map((item) => (item?.error === undefined ? { ...item?.profiles } : {}));
      const { host, token, ...rest } = { ...is![profile] };
      assert.deepEqual({ host, token }, value, shown);
      const { host: _, token: __, ...restBefore } = { ...was![profile] };
      assert.deepEqual(rest, restBefore, shown);
      delete was![profile];
      delete is![profile];
      assert.deepEqual(is, was, shown);
    }
  });
});
