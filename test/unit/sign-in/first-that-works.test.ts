import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { DatabricksTokensError } from "../../../provider/errors";
import { Secret } from "../../../provider/secret";
import { firstThatWorks } from "../../../provider/sign-in/first-that-works";

describe("what is found on the machine: the first that is signed in", () => {
  const run = randomUUID();
  const signedIn: Record<string, boolean> = {};
  const way = (name: string) => ({
    strategy: name,
    source: "this machine",
    identityKey: `${name} ${run}`,
    headers: async () => {
      if (signedIn[name]) return { authorization: new Secret(`Bearer ${name}`) };
      throw new DatabricksTokensError("CREDENTIAL_REFUSED", `${name} is not signed in`);
    },
  });
  const anew = () => firstThatWorks([way("one"), way("two")]);

  it("none: what each said; then the same one for the whole process, never somebody else half-way", async () => {
    await assert.rejects(anew().headers(), /one is not signed in. two is not signed in/);
    signedIn["two"] = true;
    const first = anew();
    assert.equal((await first.headers())["authorization"]?.reveal(), "Bearer two");
    signedIn["one"] = true;
    for (const next of [first, anew()]) {
      assert.equal((await next.headers())["authorization"]?.reveal(), "Bearer two");
      assert.equal(next.strategy, "two");
    }
    signedIn["two"] = false;
    for (const next of [first, anew()]) await assert.rejects(next.headers(), /two is not signed in/);
  });
});
