import assert from "node:assert/strict";
import type { Credential } from "../../provider/credentials";
import type { TokenContext } from "../../provider/token/context";
import { sightOf } from "../../provider/token/sweep";

describe("whose list is looked at for a lost attempt", () => {
  /** The owner that is listed: undefined is whoever signs in. */
  async function listed(asker: string | undefined, owner: string): Promise<string | undefined> {
    let seen: string | undefined = "nobody";
    const context = {
      userName: async () => asker,
      list: async (_: Credential, options?: { owner?: string }) => {
        seen = options?.owner;
        return { tokens: [], at: 0 };
      },
    } as unknown as TokenContext;
    await (await sightOf(context, {} as Credential, owner)).list(true);
    return seen;
  }

  it("one's own, or as an administrator its owner's; one's own where either is not known", async () => {
    assert.equal(await listed("alice", "alice"), undefined);
    assert.equal(await listed("bob", "alice"), "alice");
    assert.equal(await listed("bob", ""), undefined);
    assert.equal(await listed(undefined, "alice"), undefined);
  });
});
