import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AuditDocument, AuditedToken } from "../../../../provider/audit/document";
import { audit } from "../../../../provider/cli/audit/audit";
import { asPage } from "../../../../provider/cli/audit/page/page";
import { writePage } from "../../../../provider/cli/audit/page-file";
import { Secret } from "../../../../provider/secret";
import { HOST, NOW } from "../../audit/audit-state";

const TOKEN: AuditedToken = {
  ...{ kind: "managed", tokenId: "id", host: HOST, name: "ci", owner: "ada@example.com", comment: "for CI" },
  ...{ marker: null, role: "current", createdAt: "2026-11-14T00:00:00.000Z", expiresAt: "2027-02-12T00:00:00.000Z" },
  ...{ ageDays: 10, daysLeft: 80, lastUsedOn: null, usageKnown: false, rotatesAt: "2027-01-12T00:00:00.000Z" },
  ...{ overlapEndsAt: "2027-02-01T00:00:00.000Z", replacedAt: null, retiringUntil: null, scopes: null, flags: [] },
};
const document = (given: Partial<AuditDocument> = {}, ...tokens: Array<Partial<AuditedToken>>): AuditDocument => ({
  ...{ version: 1, exitCode: 0, pendingOperations: 0, problems: [], revocation: null, advice: [] },
  stacks: [{ organization: "acme", project: "p", stack: "dev" }],
  workspaces: [{ host: HOST, sees: "all", owners: [], listedAt: "2026-11-24T00:00:00.000Z", problem: null }],
  tokens: tokens.map((token) => ({ ...TOKEN, ...token })),
  ...given,
});
const page = (...args: Parameters<typeof document>) => asPage(document(...args), new Date(NOW));
const texts = (markup: string) => markup.replace(/<style>[\s\S]*?<\/style>|<script>[\s\S]*?<\/script>|<[^>]*>/g, "");
/** The elements, with their attributes, that a page has however hostile its texts are. */
const tags = (markup: string) => [...new Set(markup.match(/<[a-z!/][^>]*>/gi))].sort();

describe("audit: page", () => {
  it("escapes whatever comes from elsewhere, wherever it stands", () => {
    const evil = `</td></script><img src=x onerror="x()">'&\u0000\u202e`;
    const hostile = (text: string) =>
      page(
        {
          stacks: [{ organization: text, project: text, stack: text }],
          workspaces: [
            { host: HOST, sees: "own", owners: [text], listedAt: "2026-11-24T00:00:00.000Z", problem: null },
            { host: text, sees: "nothing", owners: [], listedAt: null, problem: { code: text, text } },
          ],
          problems: [{ code: text, text }],
          revocation: [{ host: null, tokenId: text, outcome: "failed", reason: text }],
          advice: [text],
        },
        ...(["managed", "orphan", "other-stack"] as const).map((kind) => ({
          ...{ kind, tokenId: text, name: text, owner: text, comment: text, scopes: [text] },
          marker: { organization: text, project: text, stack: text, name: text, nonce: text },
        })),
      );
    const [plain, attacked] = [hostile("innocent"), hostile(evil)];
    const inAttributes = (tag: string) => tag.replace(/="[^"]*"/g, "");
    assert.deepEqual([...new Set(tags(attacked).map(inAttributes))], [...new Set(tags(plain).map(inAttributes))]);
    const escaped = "&lt;/td&gt;&lt;/script&gt;&lt;img src=x onerror=&quot;x()&quot;&gt;&#39;&amp;";
    const count = (markup: string, text: string) => markup.split(text).length;
    assert.equal(count(attacked, escaped), count(plain, "innocent"));
    assert.ok(!/\p{Cc}|\p{Cf}/u.test(attacked.replaceAll("\n", "")));
  });

  it("allows its own style and script by their hashes, and nothing else", () => {
    const markup = page({}, {});
    const [, policy = ""] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(markup) ?? [];
    const hash = (name: string) => {
      const [, text = "", more] = markup.split(new RegExp(`</?${name}>`));
      assert.ok(text.length > 100 && more !== undefined);
      return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
    };
    assert.deepEqual(policy.split("; "), [
      "default-src 'none'",
      `style-src ${hash("style")}`,
      `script-src ${hash("script")}`,
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    assert.ok(
      markup.indexOf("Content-Security-Policy") < markup.indexOf("<style"),
      "what stands before it is not held",
    );
    const bare = markup.replace(/<style>[\s\S]*<\/style>|<script>[\s\S]*<\/script>/g, "");
    assert.doesNotMatch(bare, /\s(style|src|on\w+)=|href="[^#]/);
  });

  it("names no address but the workspaces'", () => {
    const markup = page({}, {}, { kind: "orphan" });
    assert.deepEqual(new Set(markup.match(/\b(https?:)?\/\/[\w.]+/g)), new Set([HOST]));
  });

  it("shows no secret that the process knows, however it is written", () => {
    const value = `a<b&"c"-${randomBytes(6).toString("hex")}`;
    new Secret(value);
    const tail = value.slice(-8);
    const hidden = `${value.slice(0, 9)}\u200b${value.slice(9)}`;
    const markup = page(
      { problems: [{ code: "X", text: `see ${value}` }], advice: [value] },
      ...[value, hidden].map((comment) => ({
        comment,
        tokenId: comment,
        name: comment,
        owner: comment,
        scopes: [comment],
      })),
    );
    assert.ok(!markup.includes(tail));
    assert.match(texts(markup), /see \[secret\]/);
  });

  it("says what the exit code means, and puts first what somebody has to do something about", () => {
    const tokens: Array<Partial<AuditedToken>> = [
      { tokenId: "fine" },
      { tokenId: "soon", flags: ["expiring"] },
      { tokenId: "soon-gone", kind: "retiring", role: "retiring", flags: ["expiring"] },
      { tokenId: "due", flags: ["rotation-due"] },
      { tokenId: "lost", kind: "orphan", role: null },
      { tokenId: "stray", kind: "unclaimed", role: null, flags: ["expiring"] },
      { tokenId: "gone", kind: "dead", flags: ["rotation-overdue"] },
      { tokenId: "dark", flags: ["not-seen"] },
      { tokenId: "ada's", kind: "not-ours", role: null, flags: ["expiring", "idle"] },
    ];
    const attention = (given: Partial<AuditDocument>, ...some: typeof tokens) =>
      texts(/<h2 id="attention">[\s\S]*?<\/section>/.exec(page(given, ...some))![0]).replace(/\s+/g, " ");
    const told = attention({ exitCode: 2 }, ...tokens);
    const named = ["lost", "stray", "gone", "soon", "due", "dark"];
    assert.deepEqual(told.match(/\b(fine|soon-gone|soon|due|lost|stray|gone|dark|ada)\b(?= https)/g), named);
    assert.match(told, /audit --revoke-orphans .*audit --revoke ID/);
    const revoked = attention(
      { revocation: [{ host: null, tokenId: "x", outcome: "left", reason: "young" }] },
      ...tokens,
    );
    assert.match(revoked, /left x young/);
    assert.doesNotMatch(revoked, /--revoke/);
    assert.match(attention({ revocation: [] }), /Nothing was to be revoked/);
    assert.match(attention({}, { tokenId: "fine" }), /Needs attention Nothing\. $/);
    const many = attention({}, ...Array.from({ length: 60 }, () => ({ kind: "orphan" as const })));
    assert.match(many, /10 more stand in the table/);
    for (const [exitCode, words] of [
      [0, "Fine"],
      [1, "due"],
      [2, "should not be there"],
      [3, "Could not tell"],
    ] as const)
      assert.match(texts(page({ exitCode })), new RegExp(`${words}.*Exit code ${exitCode}\\.`));
  });

  it("draws the lifetimes that the terminal draws, each told in words", () => {
    const markup = page(
      {},
      {},
      { kind: "dead", name: "old", expiresAt: "2026-11-20T00:00:00.000Z", rotatesAt: null, overlapEndsAt: null },
      { kind: "managed", name: "ever", expiresAt: null, rotatesAt: null, overlapEndsAt: null },
      { kind: "not-ours", name: null },
    );
    const bars = [...markup.matchAll(/<svg role="img"><title>(.*?)<\/title>(.*?)<\/svg>/g)];
    const marks = bars.map(([, , bar = ""]) => bar.match(/(?<=href="#|line class=")\w+/g)!.join(" "));
    const words = bars.map(([, title]) => title);
    assert.deepEqual(words, [
      "old, dead: created 2026-11-14T00:00Z, expires 2026-11-20T00:00Z, dead yes",
      "ci, managed: created 2026-11-14T00:00Z, rotation due 2027-01-12T00:00Z, overlap from 2027-01-12T00:00Z, " +
        "revoked 2027-02-01T00:00Z, expires 2027-02-12T00:00Z",
      "ever, managed: created 2026-11-14T00:00Z, expires never",
    ]);
    assert.deepEqual(marks, [
      "now lived created gone",
      "now left lived overlap created expires revoked due",
      "now left lived created beyond",
    ]);
    // From 14 November to 12 February: `now` is the tenth of 90 days.
    assert.match(
      bars[1]![2]!,
      /class="now" x1="11\.11%".*class="lived" x1="0\.00%" x2="11\.11%".*#expires" x="100\.00%"/,
    );
  });

  it("of nothing that could be read says when it was written, and no more", () => {
    const told = texts(
      page({ exitCode: 3, stacks: [], workspaces: [], problems: [{ code: "NO_HOST", text: "none" }] }),
    );
    assert.match(told, /written 2026-11-24 00:00 UTC[\s\S]*Could not tell: none NO_HOST/);
    assert.doesNotMatch(told, /Lifetimes|Kinds and flags/);
  });
});

describe("audit: the page's file", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pdt-page-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("that can't take its place leaves nothing behind", async () => {
    const taken = join(folder, "page.html");
    mkdirSync(taken);
    await assert.rejects(writePage(taken, "new"), { code: "REPORT_NOT_WRITTEN" });
    assert.deepEqual(readdirSync(folder), ["page.html"]);
  });

  it("is named on a terminal alone", async () => {
    const [write, isTTY] = [process.stderr.write, process.stderr.isTTY];
    const file = join(folder, "page.html");
    const printed = async (terminal: boolean) => {
      let text = "";
      process.stderr.isTTY = terminal;
      process.stderr.write = (chunk) => {
        text += chunk;
        return true;
      };
      try {
        const { code } = await audit(["--state", join(folder, "nowhere"), "--json", "--html", file]);
        assert.equal(code, 3);
      } finally {
        process.stderr.write = write;
        process.stderr.isTTY = isTTY;
      }
      return text;
    };
    assert.match(await printed(true), new RegExp(`The page is ${file}\n$`));
    writeFileSync(file, "old");
    assert.equal(await printed(false), "");
    assert.match(readFileSync(file, "utf8"), /STACK_UNREADABLE/);
  });
});
