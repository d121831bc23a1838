import assert from "node:assert/strict";
import { exitCodeOf } from "../../../provider/audit/exit-code";
import { readExport } from "../../../provider/audit/exported-state";
import { ageDays, daysLeft, flagsOf } from "../../../provider/audit/flags";
import { classify } from "../../../provider/audit/kinds";
import type { Row, TokenListing } from "../../../provider/audit/rows";
import { partsOf } from "../../../provider/cli/audit/stack-name";
import type { DatabricksTokensError } from "../../../provider/errors";
import { DAY, exported, HOST, listed, type Made, NOW, OURS, seenOf, unused } from "./audit-state";

const read = (made: Made[], more: Parameters<typeof exported>[1] = {}) => readExport(exported(made, more));
const kinds = (rows: readonly Row[]) => Object.fromEntries(rows.map(({ tokenId, kind }) => [tokenId, kind]));
const one = (made: Made, tokens: TokenListing["tokens"], more: Partial<TokenListing> = {}): Row =>
  classify(read([made]), [seenOf(tokens, more)])[0]!;
const fine = { couldNotTell: false };

describe("audit: kinds", () => {
  it("tells managed, retiring, orphan, unclaimed, another stack's, not ours and dead apart", () => {
    const ci: Made = {
      nonce: "aa",
      current: { tokenId: "now" },
      candidates: [{ tokenId: "new" }],
      retiring: [{ tokenId: "old", revokeAfter: NOW + DAY }],
    };
    const pending: Made = { name: "later", nonce: "bb" };
    const state = read([ci, { name: "gone", nonce: "cc", current: { tokenId: "dead" } }], { pending: [pending] });
    const rows = classify(state, [
      seenOf(
        [
          listed("now", { of: ci, text: "for CI" }),
          listed("new", { of: ci }),
          listed("old", { of: ci }),
          unused("lost", { of: ci }),
          unused("cut", { of: pending }),
          listed("stray", { of: { nonce: "dd" } }),
          listed("theirs", { of: { nonce: "aa", origin: { ...OURS, stack: "prod" } } }),
          listed("ada's", { text: "my laptop" }),
        ],
        { refused: new Set(["dead"]) },
      ),
    ]);
    assert.deepEqual(kinds(rows), {
      now: "managed",
      new: "managed",
      old: "retiring",
      lost: "orphan",
      cut: "orphan",
      stray: "unclaimed",
      theirs: "other-stack",
      "ada's": "not-ours",
      dead: "dead",
    });
    const [now, , old] = rows;
    assert.deepEqual([now!.comment, now!.owner, now!.marker?.nonce], ["for CI", "ada@example.com", "aa"]);
    assert.deepEqual([now!.inState?.role, old!.until], ["current", NOW + DAY]);
    assert.equal(exitCodeOf(rows, fine), 2);
    assert.equal(state.pendingOperations, 1);
  });

  it("a known id is ours whatever its comment says: comments are edited, stacks renamed", () => {
    assert.equal(one({ current: { tokenId: "t" } }, [listed("t", { text: "edited" })]).kind, "managed");
    const renamed = readExport(exported([{ current: { tokenId: "t" } }], { stack: "live" }));
    const rows = classify(renamed, [
      seenOf([
        listed("t", { of: {} }),
        listed("before", { of: { nonce: "ee" } }),
        listed("after", { of: { nonce: "ff", origin: { ...OURS, stack: "live" } } }),
      ]),
    ]);
    assert.deepEqual(kinds(rows), { t: "managed", before: "unclaimed", after: "unclaimed" });
  });

  it("a stack without a token yet is known by its URN", () => {
    const rows = classify(read([]), [seenOf([listed("t", { of: { nonce: "dd" } })])]);
    assert.deepEqual(kinds(rows), { t: "unclaimed" });
    const elsewhere = classify(readExport(exported([]), { ...OURS, organization: "acme" }), [
      seenOf([listed("t", { of: { nonce: "dd" } })]),
    ]);
    assert.deepEqual(kinds(elsewhere), { t: "other-stack" });
    const emptied = readExport('{"version":3,"deployment":{}}', partsOf("organization/p/dev"));
    assert.deepEqual(emptied.stacks, [OURS]);
    assert.deepEqual(["dev", "a/b/c/d", ""].map(partsOf), [undefined, undefined, undefined]);
  });

  it("a nonce and an id hold on their own workspace alone", () => {
    const made = { current: { tokenId: "t" } };
    const other = "https://other.example.com";
    const rows = classify(read([made]), [seenOf([listed("t", { of: made })], { host: other })]);
    assert.deepEqual(kinds(rows), { t: "unclaimed" });
  });

  it("absent and not refused is not dead: it could not be told", () => {
    const row = one({ current: { tokenId: "t" } }, []);
    assert.deepEqual([row.kind, row.unseen, flagsOf(row)], ["managed", true, ["not-seen"]]);
    assert.equal(exitCodeOf([row], fine), 3);
    const shown = one({ current: { tokenId: "t" } }, [], { alive: new Set(["t"]) });
    assert.deepEqual([shown.kind, exitCodeOf([shown], fine)], ["managed", 0]);
  });

  it("expired is dead, listed or not", () => {
    const expired = { creationTime: NOW - 91 * DAY };
    for (const tokens of [[], [listed("t", { of: {}, ...expired })]]) {
      const row = one({ current: { tokenId: "t", ...expired } }, tokens);
      assert.deepEqual([row.kind, exitCodeOf([row], fine)], ["dead", 1]);
    }
  });

  it("an encrypted export never makes an orphan of what it may have in its lists", () => {
    const made = { current: { tokenId: "t" }, retiring: [{ tokenId: "old" }] };
    const rows = classify(read([made], { sealed: true }), [
      seenOf([listed("t", { of: made }), listed("old", { of: made }), listed("stray", { of: { nonce: "dd" } })]),
    ]);
    assert.deepEqual(kinds(rows), { t: "managed", old: "retiring", stray: "unclaimed" });
    assert.deepEqual(flagsOf(rows[1]!), ["not-sure"]);
    assert.equal(exitCodeOf(rows, fine), 3);
  });

  it("several workspaces, and what a resource asks for to sign in there", () => {
    const other = "https://other.example.com";
    const state = read([
      { current: { tokenId: "a" } },
      { nonce: "bb", host: other, current: { tokenId: "b" }, inputs: { workspace: { configNamespace: "second" } } },
    ]);
    assert.deepEqual(
      [...state.workspaces],
      [
        [HOST, [{}]],
        [other, [{ configNamespace: "second" }]],
      ],
    );
    const rows = classify(state, [seenOf([listed("a", { of: {} })]), seenOf([listed("b")], { host: other })]);
    assert.deepEqual(kinds(rows), { a: "managed", b: "managed" });
  });
});

describe("audit: flags", () => {
  const made = (inputs: Record<string, unknown>, creationTime: number): Made => ({
    current: { tokenId: "t", creationTime },
    inputs,
  });
  const flags = (age: number, more: Partial<Parameters<typeof listed>[1]> = {}, inputs = {}) => {
    const creationTime = NOW - age * DAY;
    return flagsOf(one(made(inputs, creationTime), [listed("t", { of: {}, creationTime, ...more })]));
  };

  it("rotation: due from a day before its period ends, overdue after it", () => {
    assert.deepEqual(flags(58.9), []);
    assert.deepEqual(flags(59), ["rotation-due"]);
    assert.deepEqual(flags(60), ["rotation-overdue"]);
    assert.deepEqual(flags(80, {}, { rotateEverySeconds: 0 }), []);
    assert.deepEqual(flags(84), ["expiring", "rotation-overdue"]);
  });

  it("expiring: within a week, with no rotation planned before that; by what was granted, not by what was asked for", () => {
    const HOUR = 3_600_000;
    const short = (age: number, inputs: Record<string, unknown>, granted = 2 * HOUR, more: Partial<Made> = {}) => {
      const creationTime = NOW - age;
      const times = { creationTime, expiryTime: creationTime + granted };
      const given: Made = { current: { tokenId: "t", ...times }, inputs, ...more };
      const row = one(given, [listed("t", { of: {}, ...times })]);
      return [flagsOf(row), exitCodeOf([row], fine)];
    };
    const hours = (n: number) => ({ lifetimeSeconds: n * 3_600 });
    assert.deepEqual(short(HOUR, hours(2)), [[], 0], "a token of two hours, every night");
    assert.deepEqual(short(1.25 * HOUR, hours(2)), [["expiring", "rotation-due"], 1]);
    assert.deepEqual(short(1.5 * HOUR, hours(2)), [["expiring", "rotation-overdue"], 1]);
    // 90 days were asked for, and two hours were granted.
    assert.deepEqual(short(HOUR, {}), [[], 0]);
    assert.deepEqual(short(1.25 * HOUR, {}), [["expiring", "rotation-due"], 1]);
    assert.deepEqual(short(DAY, { lifetimeSeconds: 30 * 86_400 }, 8 * DAY), [[], 0]);
    // Nothing rotates these in time.
    assert.deepEqual(short(HOUR, { ...hours(2), rotateEverySeconds: 0 }), [["expiring"], 1]);
    assert.deepEqual(short(HOUR, hours(2), 2 * HOUR, { delete: true }), [["expiring", "to-be-deleted"], 1]);
  });

  it("idle for 60 days, by its last use or its creation; without an administrator's listing nothing is said", () => {
    const rested = { rotateEverySeconds: 0 };
    assert.deepEqual(flags(70, { lastUsedDay: NOW - 60 * DAY }, rested), ["idle"]);
    assert.deepEqual(flags(70, { lastUsedDay: NOW - 59 * DAY }, rested), []);
    const { lastUsedDay: _, ...never } = listed("t", { creationTime: NOW - 60 * DAY });
    const row = one({ current: { tokenId: "x" } }, [never]);
    assert.deepEqual(flagsOf(row), ["idle"]);
    assert.deepEqual(flagsOf(one({}, [{ ...never, usageKnown: false }])), []);
  });

  it("scoped with authentication; living longer than 90 days; never expiring", () => {
    assert.deepEqual(flags(1, { scopes: ["sql", "authentication"] }), ["can-mint"]);
    const day = (n: number) => flagsOf(one({}, [listed("t", { expiryTime: NOW - DAY + n * DAY })]));
    assert.deepEqual([day(90), day(91)], [[], ["long-lived"]]);
    const never = one({}, [listed("t", { expiryTime: -1 })]);
    assert.deepEqual([flagsOf(never), daysLeft(never), ageDays(never)], [["long-lived"], undefined, 1]);
    assert.equal(ageDays(one({}, [listed("t", { creationTime: 0 })])), undefined);
  });

  it("a retirement whose time is over, what is unfinished, what is to be deleted", () => {
    const of = (given: Made): string[] => flagsOf(one(given, [listed(given.current?.tokenId ?? "r", { of: given })]));
    assert.deepEqual(of({ retiring: [{ tokenId: "r", revokeAfter: NOW }] }), ["retirement-due"]);
    assert.deepEqual(of({ retiring: [{ tokenId: "r", revokeAfter: NOW + 1 }] }), []);
    assert.deepEqual(of({ candidates: [{ tokenId: "r" }] }), ["unfinished"]);
    assert.deepEqual(of({ current: { tokenId: "t" }, unfinished: [{ code: "not-proved", since: 0 }] }), ["unfinished"]);
    assert.deepEqual(of({ current: { tokenId: "t" }, delete: true }), ["to-be-deleted"]);
  });
});

describe("audit: exit codes", () => {
  const row = (made: Made, ...tokens: TokenListing["tokens"]) => classify(read([made]), [seenOf(tokens)]);
  it("0 fine, 1 due, 2 orphans or unclaimed, 3 could not tell; the worst one counts", () => {
    const made = { current: { tokenId: "t" } };
    const good = row(made, listed("t", { of: made }));
    const due = row({ current: { tokenId: "t", creationTime: NOW - 59 * DAY } }, listed("t"));
    const lost = row(made, listed("t", { of: made }), unused("lost", { of: made }));
    const stray = row(made, listed("t", { of: made }), listed("stray", { of: { nonce: "ee" } }));
    assert.deepEqual(
      [good, due, lost, stray, [...due, ...lost]].map((rows) => exitCodeOf(rows, fine)),
      [0, 1, 2, 2, 2],
    );
    assert.equal(exitCodeOf(lost, { couldNotTell: true }), 3);
    assert.equal(exitCodeOf(stray, { ...fine, ignoreUnclaimed: true }), 0);
    assert.equal(exitCodeOf(lost, { ...fine, ignoreUnclaimed: true }), 2);
    assert.equal(exitCodeOf(stray, { ...fine, ignoreUnclaimed: true, failOn: ["unclaimed"] }), 2);
    assert.equal(exitCodeOf(good, { ...fine, failOn: ["managed"] }), 2);
  });
  it("a retiring token and other people's may expire", () => {
    const soon = { creationTime: NOW - 88 * DAY };
    assert.equal(exitCodeOf(row({}, listed("theirs", soon)), fine), 0);
    const retiring = { retiring: [{ tokenId: "r", ...soon, revokeAfter: NOW + DAY }] };
    assert.equal(exitCodeOf(row(retiring, listed("r", { of: retiring, ...soon })), fine), 0);
  });
});

describe("audit: states that can't be read", () => {
  const failing = (text: string): DatabricksTokensError => {
    try {
      readExport(text);
    } catch (error) {
      return error as DatabricksTokensError;
    }
    throw new Error("it was read");
  };
  it("half-written, not Pulumi's, too old: nothing of the text is quoted", () => {
    const text = exported([{ current: { tokenId: "t" } }]);
    for (const bad of ["", text.slice(0, -9), "[]", "null", '{"a":"hush-hush"}', '{"version":1,"deployment":{}}']) {
      const { code, message } = failing(bad);
      assert.equal(code, "STATE_NOT_OURS");
      assert.doesNotMatch(message, /hush|tokenValue/);
    }
    assert.match(failing('{"version":3,"deployment":{"resources":{}}}').message, /no list/);
    assert.match(failing('{"version":3,"deployment":{"resources":[{}]}}').message, /no URN/);
  });
  it("a token without times, or without outputs, is a problem beside the others", () => {
    const text = exported([{ current: { tokenId: "t" } }, { name: "odd", nonce: "bb", current: { tokenId: "o" } }]);
    for (const change of [{ creationTime: "soon" }, { expiryTime: undefined }, { unfinished: 5 }, null]) {
      const document = JSON.parse(text);
      const odd = document.deployment.resources[2];
      odd.outputs = change && { ...odd.outputs, ...change };
      const { tokens, problems } = readExport(JSON.stringify(document));
      assert.deepEqual(
        [tokens.length, problems.map(({ code }) => code)],
        [1, ["STATE_NOT_OURS"]],
        JSON.stringify(change),
      );
    }
  });
  it("an empty stack is a state; a token of another version is a problem beside the others", () => {
    assert.deepEqual(readExport('{"version":3,"deployment":{}}').tokens, []);
    const text = exported([{ current: { tokenId: "t" } }, { name: "newer", nonce: "bb" }]);
    const document = JSON.parse(text);
    document.deployment.resources[2].outputs.schemaVersion = 9;
    const state = readExport(JSON.stringify(document));
    assert.deepEqual(
      [state.tokens.length, state.problems.map(({ code, text }) => [code, text.slice(0, 6)])],
      [1, [["STATE_NOT_OURS", "newer:"]]],
    );
    const rows = classify(state, [seenOf([listed("its own", { of: { nonce: "bb" } })])]);
    assert.deepEqual([rows[0]!.kind, rows[0]!.unsure], ["retiring", true], "never an orphan: its ids are not known");
  });
});
