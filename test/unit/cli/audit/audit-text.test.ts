import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { type AuditDocument, documentOf } from "../../../../provider/audit/document";
import { readExport } from "../../../../provider/audit/exported-state";
import { classify } from "../../../../provider/audit/kinds";
import type { TokenListing } from "../../../../provider/audit/rows";
import { columnsOf, cutTo, padTo } from "../../../../provider/cli/audit/columns";
import { table } from "../../../../provider/cli/audit/table";
import { type Terminal, terminalOf } from "../../../../provider/cli/audit/terminal";
import { asText } from "../../../../provider/cli/audit/text";
import { timeline } from "../../../../provider/cli/audit/timeline";
import { DAY, exported, listed, type Made, NOW, seenOf, sightOf, unused } from "../../audit/audit-state";

const PLAIN: Terminal = { colour: false, ascii: false, all: false };

function audited(
  made: readonly Made[],
  tokens: TokenListing["tokens"],
  more: Partial<TokenListing> = {},
): AuditDocument {
  const state = readExport(exported(made));
  const seen = seenOf(tokens, more);
  const rows = classify(state, [seen]);
  const sights = [sightOf(seen)];
  return documentOf({ exitCode: 0, state, listings: sights, rows, problems: [], advice: [] });
}

/** A token whose life the state has, and the workspace lists. */
function held(
  name: string,
  current: Made["current"],
  more: Partial<Made> = {},
): [Made, TokenListing["tokens"][number][]] {
  const made: Made = {
    name,
    nonce: name,
    ...more,
    ...(current && { current: { tokenId: `${name}-now`, ...current } }),
  };
  const all = [...(made.current ? [made.current] : []), ...(made.retiring ?? [])];
  return [made, all.map(({ tokenId = "", ...rest }) => listed(tokenId, { of: made, ...pick(rest) }))];
}
const pick = ({ creationTime, expiryTime }: NonNullable<Made["current"]>) => ({
  ...(creationTime !== undefined && { creationTime }),
  ...(expiryTime !== undefined && { expiryTime }),
});
const ago = (days: number): number => NOW - days * DAY;
const drawn = (tokens: AuditDocument["tokens"], paper: Partial<Terminal> = {}): string[] =>
  timeline(tokens, NOW, { ...PLAIN, ...paper }).split("\n");

describe("audit: the timeline", () => {
  it("draws creation, now, what is due, overlap and expiry to one scale", () => {
    // 90 days in 61 columns: one for each day and a half, behind the 13 of name and kind.
    const [ci, tokens] = held("ci", { creationTime: ago(30) });
    const lines = drawn(audited([ci], tokens).tokens, { width: 74 });
    assert.deepEqual(lines, [
      "             2026-10-25         now                             2027-01-23",
      `ci  managed  ├${"━".repeat(19)}${"─".repeat(19)}◆${"┄".repeat(19)}◇┤`,
      "├ created  ━ lived  ◆ rotation due  ┄ overlap  ◇ revoked  ┤ expires",
    ]);
  });

  it("a retiring token: from when it was replaced until it is revoked; what is late starts its overlap now", () => {
    const retiring = [{ tokenId: "old", creationTime: ago(60), revokeAfter: NOW + 15 * DAY }];
    const [ci, tokens] = held("ci", { creationTime: ago(15) }, { retiring });
    const [late, others] = held("late", { creationTime: ago(75) });
    const [, first, second, third] = drawn(audited([ci, late], [...tokens, ...others]).tokens, { width: 110 });
    assert.match(first!, /^late {2}managed {3}├━+◆━+┄+◇/, "due long ago; now its overlap would end with it");
    assert.match(second!, /^ci {4}retiring +├━+┄+◇ +┤$/);
    assert.match(third!, /^ci {4}managed +├━+─+◆┄+◇┤?$/);
    const column = (line: string, shape: string): number => line.indexOf(shape);
    assert.ok(Math.abs(column(second!, "┄") - column(third!, "├")) <= 1, "its overlap began with the other's life");
  });

  it("dead: a cross where it ended; lost ones as they live; never: it leads out of the picture", () => {
    const [gone, dead] = held("gone", { creationTime: ago(95) });
    const [ever, never] = held("ever", { creationTime: ago(5), expiryTime: -1 });
    const lost = unused("lost", { of: ever, creationTime: ago(3) });
    const lines = drawn(audited([gone, ever], [...dead, ...never, lost]).tokens, { width: 90 });
    const line = (start: RegExp): string => lines.find((item) => start.test(item)) ?? "";
    assert.match(line(/dead/), /├━+✕ ?│?$/);
    assert.match(line(/managed/), /▸$/);
    assert.match(line(/orphan/), /├━*─+┤$/);
    assert.match(lines.at(-1)!, /✕ dead$/);
    const [revoked] = held("revoked", { creationTime: ago(10) });
    const early = audited([revoked], [], { refused: new Set(["revoked-now"]) }).tokens;
    assert.match(drawn(early)[1]!, /dead {2}├━+✕ +┤$/, "revoked elsewhere: it ends now, before it expires");
  });

  it("lives of hours have the time of day; a life of ten years is cut off at a year", () => {
    const [hours, tokens] = held("hours", { creationTime: NOW - 3_600_000, expiryTime: NOW + 7_200_000 });
    assert.match(drawn(audited([hours], tokens).tokens)[0]!, /^ +11-23 23:00Z +now +11-24 02:00Z$/);
    const [old, others] = held("old", { creationTime: ago(1_000), expiryTime: NOW + 2_000 * DAY });
    const [axis, bar] = drawn(audited([old], others).tokens);
    assert.match(axis!, /2025-11-24 +now +2027-11-24/);
    assert.match(bar!, /managed {2}◂.*▸$/);
  });

  it("draws this stack's tokens alone, those first whose turn is next, so many as fit", () => {
    const many = Array.from({ length: 40 }, (_, index) => held(`t${index}`, { creationTime: ago(index) }));
    const tokens = many.flatMap(([, items]) => items);
    const made = many.map(([item]) => item);
    const theirs = listed("theirs", { text: "not ours" });
    const lines = drawn(audited(made, [...tokens, theirs]).tokens);
    assert.equal(lines.length, 1 + 30 + 1 + 1);
    assert.match(lines[1]!, /^t39 /);
    assert.equal(lines[31], "10 more, whose turn comes later; --all draws them");
    assert.equal(drawn(audited(made, tokens).tokens, { all: true }).length, 1 + 40 + 1);
    assert.equal(timeline(audited([], [theirs]).tokens, NOW, PLAIN), "");
  });

  it("in ASCII where nothing else is shown", () => {
    const [ci, tokens] = held("ci", { creationTime: ago(30) });
    const text = timeline(audited([ci], tokens).tokens, NOW, { ...PLAIN, ascii: true });
    assert.match(text, /^[\x20-\x7e\n]*$/);
    assert.match(text, /\[=+-+\*\.+o\]/);
  });
});

describe("audit: the table", () => {
  const [ci, tokens] = held("ci", { creationTime: ago(30) });
  const theirs = listed("theirs", { text: "the laptop of a person" });
  const { tokens: rows } = audited([ci], [...tokens, theirs]);
  const head = (width?: number): string => table(rows, { ...PLAIN, width }).split("\n")[0]!;

  it("has every column where there is room, and gives up whole ones where there is not", () => {
    const all = "KIND      NAME  OWNER            AGE   LEFT  LAST USED   TOKEN   FLAGS  COMMENT";
    assert.equal(head(), all);
    assert.equal(head(82), all);
    assert.equal(head(81), all.replace("  COMMENT", ""));
    assert.doesNotMatch(head(60), /OWNER/);
    assert.equal(head(30), "KIND      NAME  LEFT  FLAGS");
    assert.match(table(rows, { ...PLAIN, width: 82 }), / {2}the lapto…$/m);
  });

  it("very many tokens of others are summed up, unless all are asked for", () => {
    const others = Array.from({ length: 30 }, (_, index) =>
      listed(`o${index}`, { owner: `u${index % 3}`, text: "x", expiryTime: -1 }),
    );
    const document = audited([ci], [...tokens, ...others]);
    const text = asText(document, PLAIN);
    assert.match(text, /^not-ours: 30 tokens of 3 users \(30 long-lived\); --all lists them$/m);
    assert.doesNotMatch(text, /^not-ours {2}/m);
    assert.equal(asText(document, { ...PLAIN, all: true }).match(/^not-ours {2}/gm)?.length, 30);
  });
});

describe("audit: paper", () => {
  const terminal = { isTTY: true, columns: 72 };
  it("a terminal is as wide as it says and coloured; NO_COLOR, a pipe and old terminals are plain", () => {
    const utf8 = { LANG: "C.UTF-8" };
    assert.deepEqual(terminalOf(terminal, utf8, false), { width: 72, colour: true, ascii: false, all: false });
    assert.equal(terminalOf(terminal, { ...utf8, NO_COLOR: "1" }, false).colour, false);
    assert.deepEqual(terminalOf({}, {}, true), { width: undefined, colour: false, ascii: false, all: true });
    assert.equal(terminalOf({ isTTY: true, columns: 0 }, {}, false).width, undefined);
    for (const env of [{ TERM: "dumb" }, { LC_ALL: "C", LANG: "C.UTF-8" }, { LANG: "de_DE.ISO-8859-1" }]) {
      assert.equal(terminalOf(terminal, env, false).ascii, true, JSON.stringify(env));
    }
  });

  it("letters of two columns and of none", () => {
    assert.deepEqual(["ab", "日本", "e\u0301", "👩‍💻", "한글", ""].map(columnsOf), [2, 4, 1, 2, 4, 0]);
    assert.deepEqual(
      [cutTo("日本語", 5), cutTo("日本語", 6), cutTo("abc", 2), cutTo("abc", 0)],
      ["日本…", "日本語", "a…", ""],
    );
    assert.equal(padTo("日", 4), "日  ");
  });

  it("property: no line of table and timeline is wider than the terminal; colour adds nothing but colour", () => {
    const name = fc.oneof(
      fc.constantFrom("ci", "bi-tool", "日本語のトークン", "a".repeat(60)),
      fc.string({ maxLength: 30 }),
    );
    const one = fc.record({
      name,
      age: fc.integer({ min: 0, max: 800 }),
      life: fc.integer({ min: 0, max: 800 }),
      retires: fc.option(fc.integer({ min: -100, max: 100 })),
      text: name,
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 6 }), fc.integer({ min: 30, max: 200 }), (list, width) => {
        const made = list.map(({ name, age, life, retires }, index): Made => {
          const span = { creationTime: ago(age), expiryTime: life === 0 ? -1 : ago(age) + life * DAY };
          const retiring = [{ tokenId: `r${index}`, ...span, revokeAfter: NOW + (retires ?? 0) * DAY }];
          const nonce = `n${index}`;
          return { name, nonce, current: { tokenId: `c${index}`, ...span }, ...(retires !== null && { retiring }) };
        });
        const infos = list.flatMap(({ text, age, life }, index) => {
          const span = { creationTime: ago(age), expiryTime: life === 0 ? -1 : ago(age) + life * DAY };
          return [`c${index}`, `o${index}`].map((id) => listed(id, { of: made[index]!, text, ...span }));
        });
        const { tokens: rows } = audited(made, infos);
        const both = (colour: boolean): string => {
          const paper = { ...PLAIN, width, colour };
          return [...(rows.length > 0 ? [table(rows, paper)] : []), timeline(rows, NOW, paper)].join("\n");
        };
        for (const line of both(false).split("\n")) assert.ok(columnsOf(line) <= width, `${width}: ${line}`);
        assert.equal(stripVTControlCharacters(both(true)), both(false));
      }),
    );
  });
});
