import assert from "node:assert/strict";
import { exitCodeOf } from "../../../provider/audit/exit-code";
import { readExport } from "../../../provider/audit/exported-state";
import { flagsOf } from "../../../provider/audit/flags";
import { classify } from "../../../provider/audit/kinds";
import { plan } from "../../../provider/audit/plan";
import type { Row, TokenListing } from "../../../provider/audit/rows";
import { unseenOwnersOf } from "../../../provider/audit/unseen-owners";
import { DAY, exported, listed, type Made, NOW, OURS, seenOf, unused } from "./audit-state";

const read = (made: Made[]) => readExport(exported(made));
const fine = { couldNotTell: false };

describe("audit: what a list may lack", () => {
  const made: Made = { current: { tokenId: "t" } };
  const codes = (more: Partial<TokenListing>) => unseenOwnersOf(seenOf([], more), read([made])).map(({ code }) => code);
  it("everybody's, but not a living one of the state's; one's own, where the state has tokens of others", () => {
    assert.deepEqual(codes({}), []);
    assert.deepEqual(codes({ alive: new Set(["t"]) }), ["UNEXPECTED_ANSWER"]);
    assert.deepEqual(codes({ owners: ["ada@example.com"] }), []);
    assert.deepEqual(codes({ owners: ["eve@example.com"] }), ["PERMISSION_DENIED"]);
    assert.deepEqual(codes({ owners: ["ada@example.com"], alive: new Set(["t"]) }), ["PERMISSION_DENIED"]);
  });
});

describe("audit: what may be revoked", () => {
  const made: Made = {
    current: { tokenId: "now" },
    retiring: [{ tokenId: "old", revokeAfter: NOW + DAY }],
  };
  const rows = classify(read([made]), [
    seenOf(
      [
        listed("now", { of: made }),
        listed("old", { of: made }),
        unused("lost", { of: made }),
        unused("young", { of: made, creationTime: NOW - 299_999 }),
        unused("ageless", { of: made, creationTime: 0, expiryTime: NOW + DAY }),
        unused("longer", { of: made, expiryTime: NOW + 100 * DAY }),
        unused("wider", { of: made, scopes: ["sql"] }),
        listed("used", { of: made, creationTime: NOW - 9 * DAY }),
        listed("stray", { of: { nonce: "dd" } }),
        listed("theirs", { of: { nonce: "aa", origin: { ...OURS, stack: "prod" } } }),
        listed("ada's"),
      ],
      {},
    ),
  ]);
  const planned = (orphans: boolean, ...ids: string[]) => {
    const { revoke, outcomes } = plan(rows, { orphans, ids }, 300_000);
    return [revoke.map(({ tokenId }) => tokenId), outcomes.map(({ tokenId, outcome }) => [outcome, tokenId])];
  };
  it("exactly the orphans that are old enough; unclaimed ones by id alone", () => {
    const young = ["young", "ageless", "longer", "wider", "used"].map((tokenId) => ["left", tokenId]);
    assert.deepEqual(planned(true), [["lost"], young]);
    assert.deepEqual(planned(false, "stray", "stray", "lost"), [["stray", "lost"], []]);
    assert.deepEqual(planned(true, "stray"), [["stray", "lost"], young]);
    assert.deepEqual(planned(false), [[], []]);
  });
  it("never what the state has, another stack's, people's, or an unknown one; then nothing at all", () => {
    for (const id of ["now", "old", "theirs", "ada's", "nowhere"]) {
      const [revoke, outcomes] = planned(false, "stray", id);
      assert.deepEqual(
        [revoke, outcomes],
        [
          [],
          [
            ["refused", id],
            ["left", "stray"],
          ],
        ],
      );
    }
  });
  it("no orphan of somebody who mints nothing for this stack, nor one that is in use: a marker can be copied", () => {
    const held: Made = { current: { tokenId: "now" } };
    const [state, day] = [read([held]), { creationTime: NOW - 9 * DAY }];
    let expected: Row["kind"] = "unclaimed";
    const reasons = (tokens: TokenListing["tokens"], more: Partial<TokenListing> = {}, ids: string[] = []) => {
      const rows = classify(state, [seenOf(tokens, more)]);
      assert.ok(rows.every(({ kind, tokenId }) => kind === (tokenId === "now" ? "managed" : expected)));
      const { revoke, outcomes } = plan(rows, { orphans: true, ids }, 300_000);
      return [revoke.map(({ tokenId }) => tokenId), ...outcomes.map(({ reason }) => reason)];
    };
    const now = listed("now", { of: held });
    const eves = unused("eve's", { of: held, ...day, owner: "eve@example.com" });
    assert.match(
      String(reasons([now, eves])[1]),
      /^it belongs to eve@example.com, who mints no tokens of this stack.*--revoke eve's/,
    );
    assert.deepEqual(reasons([now, eves], {}, ["eve's"]), [["eve's"]], "who names it has looked");
    const used = (lastUsedDay: number) => listed("used", { of: held, ...day, lastUsedDay });
    assert.match(String(reasons([now, used(NOW - DAY)])[1]), /^it was used on 2026-11-23, so somebody has its value/);
    expected = "orphan";
    assert.deepEqual(reasons([now, used(NOW - 8 * DAY)]), [["used"]], "by its own proof");
    assert.match(String(reasons([now, used(NOW - 8 * DAY)], { isTimeKnown: false })[1]), /too slowly to tell its time/);
    assert.deepEqual(
      reasons([now, eves], { signedInAs: ["eve@example.com"] }),
      [["eve's"]],
      "she signs in to this audit",
    );
  });
  it("one that has expired is no more to revoke, and does not count", () => {
    const lost = listed("lost", { of: made, creationTime: NOW - 91 * DAY });
    const rows = classify(read([made]), [seenOf([listed("now", { of: made }), listed("old", { of: made }), lost])]);
    assert.deepEqual(flagsOf(rows[2]!), ["expired"]);
    assert.equal(exitCodeOf(rows, fine), 0);
    assert.deepEqual(plan(rows, { orphans: true, ids: [] }, 300_000), { revoke: [], outcomes: [] });
  });
});
