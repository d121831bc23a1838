import assert from "node:assert/strict";
import { audit } from "../../../provider/audit";
import { exported, HOST, listed, seenOf } from "./audit-state";

const CURRENT = { current: { tokenId: "current" } };
const listing = (tokens: Parameters<typeof seenOf>[0]) => [{ host: HOST, tokenListing: seenOf(tokens) }];
const kindsOf = (document: ReturnType<typeof audit>) =>
  document.tokens.map(({ tokenId, kind }) => `${tokenId} ${kind}`).sort();

describe("./audit", () => {
  it("tells whose each token is, from an export and listings", () => {
    const orphan = listed("lost", { of: CURRENT });
    const document = audit(exported([CURRENT]), listing([listed("current", { of: CURRENT }), orphan, listed("own")]));
    assert.deepEqual(kindsOf(document), ["current managed", "lost orphan", "own not-ours"]);
    assert.equal(document.exitCode, 2);
    assert.equal(document.version, 1);
  });

  it("is fine where nothing is left to do, and takes the options of the command", () => {
    const whole = listing([listed("current", { of: CURRENT })]);
    assert.equal(audit(exported([CURRENT]), whole).exitCode, 0);
    assert.equal(audit(exported([CURRENT]), whole, { failOn: ["managed"] }).exitCode, 2);
  });

  it("could not tell where a workspace of the state was not listed, or failed, or the state is sealed", () => {
    const whole = listing([listed("current", { of: CURRENT })]);
    assert.equal(audit(exported([CURRENT]), []).exitCode, 3);
    assert.equal(audit(exported([CURRENT]), [{ host: HOST }]).exitCode, 3);
    assert.equal(audit(exported([CURRENT], { sealed: true }), whole).exitCode, 3);
  });

  it("is not fooled by a text that is no export", () => {
    assert.throws(() => audit("{}", []), { code: "STATE_NOT_OURS" });
  });
});
