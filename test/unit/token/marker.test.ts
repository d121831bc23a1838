import assert from "node:assert/strict";
import { markComment, marker, parseComment, sameOrigin } from "../../../provider/token/marker";

const origin = { organization: "acme", project: "data platform", stack: "prod/eu", name: "ci#1" };

describe("marker", () => {
  it("ties a comment to its resource, parts percent-encoded", () => {
    assert.equal(marker(origin, "abc123"), " [pulumi acme/data%20platform/prod%2Feu/ci%231#abc123]");
  });
  it("is parsed from the end: what looks like a marker in the user's part stays there", () => {
    const comment = "old [pulumi a/b/c/d#0] text";
    assert.deepEqual(parseComment(markComment(comment, origin, "abc123")), { comment, origin, nonce: "abc123" });
  });
  it("leaves foreign comments alone", () => {
    for (const text of ["", "deploy", "[pulumi a/b/c#1]", "x [pulumi a/b/c/d#1] y", " [pulumi %/b/c/d#1]"]) {
      assert.deepEqual(parseComment(text), { comment: text });
    }
  });
  it("tells origins apart", () => {
    assert.equal(sameOrigin(origin, { ...origin }), true);
    assert.equal(sameOrigin(origin, { ...origin, stack: "dev" }), false);
  });
});
