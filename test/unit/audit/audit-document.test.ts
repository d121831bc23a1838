import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { asJson, documentOf, type Report } from "../../../provider/audit/document";
import { readExport } from "../../../provider/audit/exported-state";
import { classify } from "../../../provider/audit/kinds";
import { KINDS } from "../../../provider/audit/rows";
import { DatabricksTokensError } from "../../../provider/errors";
import { assertAsDocumented } from "./audit-schema";
import {
  DAY,
  exported,
  HOST,
  listed,
  type Made,
  NOW,
  unused as neverUsed,
  OURS,
  seenOf,
  sightOf,
  values,
} from "./audit-state";

const FAR = "https://far.example.com";
const ci: Made = {
  name: "ci",
  nonce: "aa",
  current: { tokenId: "now", creationTime: NOW - 20 * DAY },
  candidates: [{ tokenId: "new" }],
  retiring: [{ tokenId: "old", creationTime: NOW - 80 * DAY, revokeAfter: NOW + 10 * DAY }],
};
const gone: Made = { name: "gone", nonce: "bb", current: { tokenId: "dead", creationTime: NOW - 91 * DAY } };

function report(more: Partial<Report> = {}): Report {
  const state = readExport(exported([ci, gone], { pending: [{ name: "cut", nonce: "cc" }] }));
  const { lastUsedDay: _, ...unused } = listed("ada's", { text: "my\u001b[31m laptop", expiryTime: -1 });
  const tokens = [
    listed("now", { of: ci, text: "for CI", creationTime: NOW - 20 * DAY, scopes: ["sql"] }),
    listed("new", { of: ci }),
    listed("old", { of: ci, creationTime: NOW - 80 * DAY }),
    neverUsed("lost", { of: { name: "cut", nonce: "cc" } }),
    listed("stray", { of: { nonce: "dd" } }),
    listed("theirs", { of: { nonce: "ee", origin: { ...OURS, stack: "prod" } } }),
    unused,
  ];
  const seen = seenOf(tokens);
  const problem = new DatabricksTokensError("UNREACHABLE", "Nobody answers");
  const sights = [sightOf(seen), { host: FAR, ownerOf: new Map(), problem, gaps: [] }];
  return {
    exitCode: 3,
    state,
    listings: sights,
    rows: classify(state, [seen]),
    problems: [problem],
    advice: ["Go on"],
    ...more,
  };
}

describe("audit: the document", () => {
  it("is as docs/audit.schema.json says: every kind, a revocation, what could not be told, nothing at all", () => {
    const document = JSON.parse(asJson(documentOf(report())));
    assertAsDocumented(document);
    assert.deepEqual(new Set(document.tokens.map(({ kind }: { kind: string }) => kind)), new Set(KINDS));
    const revocation = (["revoked", "left", "refused", "failed"] as const).map((outcome) => {
      return { host: outcome === "refused" ? null : HOST, tokenId: "t", outcome, reason: "" };
    });
    assertAsDocumented(JSON.parse(asJson(documentOf(report({ revocation })))));
    assertAsDocumented(
      JSON.parse(asJson(documentOf({ exitCode: 3, listings: [], rows: [], problems: [], advice: [] }))),
    );
    assert.throws(() => assertAsDocumented({ ...document, more: 1 }), /additional properties/);
    assert.throws(() => assertAsDocumented({ ...document, tokens: [{}] }), /required property 'kind'/);
  });

  it("says when a token is due, how long it lives on, and since when another has taken its place", () => {
    const { tokens } = documentOf(report());
    const of = (id: string) => tokens.find(({ tokenId }) => tokenId === id)!;
    const day = (count: number): string => new Date(NOW + count * DAY).toISOString();
    assert.deepEqual([of("now").rotatesAt, of("now").overlapEndsAt], [day(39), day(69)]);
    assert.deepEqual([of("old").replacedAt, of("old").retiringUntil], [day(-20), day(10)]);
    assert.deepEqual([of("dead").rotatesAt, of("new").rotatesAt, of("old").rotatesAt], [null, null, null]);
    assert.deepEqual([of("ada's").expiresAt, of("ada's").lastUsedOn, of("ada's").usageKnown], [null, null, true]);
    assert.equal(of("now").lastUsedOn, "2026-11-23");
  });

  it("what is late lives on from now, never past its expiry; with rotateEverySeconds 0 there is no overlap", () => {
    const one = (inputs: Record<string, unknown>, age: number) => {
      const made: Made = { current: { tokenId: "t", creationTime: NOW - age * DAY }, inputs };
      const state = readExport(exported([made]));
      const seen = seenOf([]);
      return documentOf({ exitCode: 0, state, listings: [], rows: classify(state, [seen]), problems: [], advice: [] })
        .tokens[0]!;
    };
    const day = (count: number): string => new Date(NOW + count * DAY).toISOString();
    assert.deepEqual([one({}, 70).rotatesAt, one({}, 70).overlapEndsAt], [day(-11), day(20)]);
    assert.equal(one({ overlapSeconds: 86_400 }, 70).overlapEndsAt, day(1));
    const never = one({ rotateEverySeconds: 0 }, 70);
    assert.deepEqual([never.rotatesAt, never.overlapEndsAt], [day(20), null]);
  });

  it("what a workspace or a state sends as id and host, and what is typed as --revoke, is shown as text of others", () => {
    const value = `dapi${randomBytes(16).toString("hex")}`;
    const host = "https://x\u001b]0;title\u0007.example.com";
    const seen = seenOf([listed(`${value}\u001b[2J`, { text: "x" })], { host });
    const rows = classify(readExport(exported([])), [seen]);
    const revocation = [
      { host: null, tokenId: value, outcome: "refused", reason: "no such token is to be seen" },
    ] as const;
    const shown = documentOf({ exitCode: 3, listings: [sightOf(seen)], rows, problems: [], advice: [], revocation });
    assert.deepEqual(
      [shown.tokens[0]!.tokenId, shown.tokens[0]!.host, shown.workspaces[0]!.host, shown.revocation![0]!.tokenId],
      ["[secret][2J", "https://x]0;title.example.com", "https://x]0;title.example.com", "[secret]"],
    );
  });

  it("by workspace, kind, name and age; texts of others on one line, and no value of a token", () => {
    const text = asJson(documentOf(report()));
    const { tokens } = JSON.parse(text) as { tokens: Array<{ tokenId: string; comment: string }> };
    assert.deepEqual(
      tokens.map(({ tokenId }) => tokenId),
      ["now", "new", "old", "lost", "stray", "theirs", "ada's", "dead"],
    );
    assert.equal(tokens.find(({ tokenId }) => tokenId === "ada's")!.comment, "my[31m laptop");
    for (const value of values) assert.ok(!text.includes(value));
  });
});
