import assert from "node:assert/strict";
import type { Surroundings } from "../../provider/credentials";
import { check } from "../../provider/token/check";
import { MAX_COMMENT_LENGTH } from "../../provider/token/marker";

describe("names that leave no room for the marker", () => {
  const surroundings: Surroundings = { config: () => undefined, env: {}, home: "/nowhere", readFile: () => undefined };
  const SHORT = { organization: "organization", project: "p", stack: "dev", name: "ci" };

  function reason(origin: object, comment?: string): string {
    const news = { origin: { ...SHORT, ...origin }, ...(comment !== undefined && { comment }) };
    const { failures } = check(surroundings, {}, news);
    return failures.find(({ property }) => property === "comment")?.reason ?? "";
  }

  it("are named: whose name it is, how it begins, and how much is taken; never a number below nothing", () => {
    const japanese = "ト".repeat(126);
    assert.match(
      reason({ name: japanese }),
      /the names in it take 1,?1\d\d characters, of 1024 .*resource "ト{40}…" a shorter name/,
    );
    assert.match(reason({ stack: "é".repeat(200) }), /Give the stack "é{40}…" a shorter name/);
    assert.match(reason({ project: "x".repeat(1100) }), /Give the project "x{40}…" a shorter name/);
    assert.match(reason({ organization: "🙂".repeat(99) }), /Give the organization "(🙂){40}…" a shorter name/);
    for (let length = 80; length < 130; length += 1) {
      const text = reason({ name: "ト".repeat(length) }, "deploy");
      assert.doesNotMatch(text, /-\d/, text);
    }
  });

  it("a name that just leaves room is none of them; a comment beside it is told how much", () => {
    const room = (name: string) => MAX_COMMENT_LENGTH - ` [pulumi organization/p/dev/${name}#${"0".repeat(24)}]`.length;
    const name = "x".repeat(room(""));
    assert.equal(reason({ name }), "");
    assert.match(reason({ name }, "y"), /at most 0 characters/);
    assert.match(reason({ name: `${name}x` }), /Give the resource "x{40}…" a shorter name/);
  });
});
