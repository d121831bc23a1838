import assert from "node:assert/strict";
import { Secret } from "../../../provider/secret";
import { type FetchedToken, TokenCache } from "../../../provider/sign-in/token-cache";

describe("tokens of the chain", () => {
  let now: number;
  let fetched: number;
  let cache: TokenCache;

  beforeEach(() => {
    now = 1_000_000;
    fetched = 0;
    cache = new TokenCache(() => now);
  });

  const fetch = async (): Promise<FetchedToken> => {
    fetched += 1;
    return { value: new Secret(`t${fetched}`), expiresAt: now + 3_600_000 };
  };
  const get = async (key = "host a", by = fetch): Promise<string> =>
    (await cache.get(key, by, now + 10_000, "the authority")).value.reveal();

  it("are fetched once for each key, and before less than 60 s are left", async () => {
    assert.deepEqual([await get(), await get(), await get("host b")], ["t1", "t1", "t2"]);
    now += 3_540_000;
    assert.equal(await get(), "t1");
    now += 1;
    assert.equal(await get(), "t3");
  });

  it("are fetched once for all who ask meanwhile", async () => {
    const values = await Promise.all(Array.from({ length: 20 }, () => get()));
    assert.deepEqual([new Set(values).size, fetched], [1, 1]);
  });

  it("are fetched anew once they were refused, but not by who was refused with an older one", async () => {
    const first = new Secret(await get());
    cache.forget("host a", first);
    assert.equal(await get(), "t2");
    cache.forget("host a", first);
    assert.equal(await get(), "t2");
  });

  it("a failure is nobody's token, and is told to all who waited", async () => {
    const fail = async (): Promise<FetchedToken> => {
      fetched += 1;
      throw new Error("no");
    };
    const outcomes = await Promise.allSettled([get("k", fail), get("k", fail)]);
    assert.deepEqual([outcomes.map(({ status }) => status), fetched], [["rejected", "rejected"], 1]);
    assert.equal(await get("k"), "t2");
  });

  it("who has no more time gives up alone", async () => {
    let answer: (token: FetchedToken) => void = () => undefined;
    const slow = (): Promise<FetchedToken> => new Promise((done) => (answer = done));
    const waiting = get("k", slow);
    await assert.rejects(cache.get("k", slow, now, "https://login.example"), /login\.example.*TIMEOUT/);
    answer({ value: new Secret("late"), expiresAt: now + 3_600_000 });
    assert.equal(await waiting, "late");
  });
});
