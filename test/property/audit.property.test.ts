import assert from "node:assert/strict";
import fc from "fast-check";
import { exitCodeOf } from "../../provider/cli/audit/exit-code";
import { readExport } from "../../provider/cli/audit/exported-state";
import { flagsOf } from "../../provider/cli/audit/flags";
import { classify } from "../../provider/cli/audit/kinds";
import { parseComment } from "../../provider/token/marker";
import { DAY, exported, listed, type Made, NOW, OURS, seenOf, unused } from "../unit/audit-state";

const nonce = fc.constantFrom("a1", "b2", "c3", "d4");
const stack = fc.constantFrom("dev", "prod");
const id = fc.constantFrom("i1", "i2", "i3", "i4", "i5", "i6");
const made = fc.uniqueArray(
  fc.record({
    nonce: fc.constantFrom("a1", "b2"),
    current: fc.option(
      id.map((tokenId) => ({ tokenId })),
      { nil: undefined },
    ),
    retiring: fc.array(
      id.map((tokenId) => ({ tokenId, revokeAfter: NOW + DAY })),
      { maxLength: 2 },
    ),
  }),
  { selector: (item) => item.nonce, maxLength: 2 },
);
const tokens = fc.uniqueArray(
  fc.record({ id, nonce, stack, marked: fc.boolean(), used: fc.boolean(), age: fc.integer({ min: 0, max: 120 }) }),
  { selector: (item) => item.id },
);
const pending = fc.uniqueArray(fc.constantFrom("b2", "c3"));

describe("property: audit", () => {
  it("each listed token is one row; what the state has, and what is not ours, is never to be revoked", () => {
    fc.assert(
      fc.property(made, pending, tokens, fc.boolean(), (held, cut, list, sealed) => {
        const resources = held.map((item): Made => {
          const { current, ...rest } = item;
          return { name: item.nonce, ...rest, ...(current && { current }) };
        });
        const text = exported(resources, { pending: cut.map((item) => ({ name: item, nonce: item })), sealed });
        const state = readExport(text);
        const infos = list.map((item) => {
          const of = { nonce: item.nonce, origin: { ...OURS, stack: item.stack } };
          return (item.used ? listed : unused)(item.id, {
            creationTime: NOW - item.age * DAY,
            ...(item.marked && { of }),
          });
        });
        const rows = classify(state, [seenOf(infos, { signedInAs: ["ada@example.com"] })]);
        const knownIds = new Set<string | undefined>(
          held.flatMap(({ current, retiring }) => [current, ...retiring].map((t) => t?.tokenId)),
        );
        const knownNonces = new Set<string>([...held.map((item) => item.nonce), ...cut]);
        for (const info of infos) {
          const of = rows.filter((row) => row.tokenId === info.tokenId);
          assert.equal(of.length, 1);
          const { kind } = of[0]!;
          const { origin, nonce: own = "" } = parseComment(info.comment);
          if (["orphan", "unclaimed"].includes(kind)) {
            assert.equal(origin?.stack, "dev");
            // One that was used after its own proof is not certainly lost; one that has expired hurts nobody.
            const { age, used } = list.find((item) => item.id === info.tokenId)!;
            assert.equal(kind === "orphan", knownNonces.has(own) && (age >= 90 || age <= 2 || !used));
            // An encrypted list can't tell what an edited comment belies.
            assert.ok(sealed || !knownIds.has(info.tokenId));
          }
          if (!knownIds.has(info.tokenId)) {
            if (!origin) assert.equal(kind, "not-ours");
            else if (origin.stack !== "dev") assert.equal(kind, "other-stack");
          } else if (!sealed) assert.ok(["managed", "retiring", "dead"].includes(kind));
        }
        for (const row of rows) flagsOf(row);
        const codes = [false, true].map((ignoreUnclaimed) =>
          exitCodeOf(rows, { couldNotTell: false, ignoreUnclaimed }),
        );
        assert.ok(codes[1]! <= codes[0]!);
      }),
    );
  });

  it("no text makes the reader fail otherwise than by its own error, which quotes nothing", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.nat().map((cut) => exported([{}]).slice(0, cut)),
        ),
        (text) => {
          try {
            readExport(text);
          } catch (error) {
            assert.equal((error as { code?: string }).code, "STATE_NOT_OURS", String(error));
          }
        },
      ),
    );
  });
});
