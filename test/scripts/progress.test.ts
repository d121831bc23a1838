import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

async function printed(isTTY: boolean, work: () => Promise<unknown>): Promise<string> {
  const { withProgress } = await import("../../scripts/toolchain/progress.mjs");
  let text = "";
  const stream = { isTTY, columns: 10, write: (chunk: string) => (text += chunk) };
  await withProgress("Building a thing", work, { stream, quietMs: 20 }).catch(() => undefined);
  return text;
}

describe("progress", () => {
  it("in a log: a line at the start, more while it lasts, one at the end", async () => {
    assert.match(
      await printed(false, () => sleep(70)),
      /^Building a thing …\n(Building a thing … 0 s\n)+Building a thing: done in 0 s\n$/,
    );
  });
  it("on a terminal: one line, rewritten and cut to its width", async () => {
    const text = await printed(true, async () => undefined);
    assert.equal(text, "\r\u001b[2KBuilding \r\u001b[2KBuilding a thing: done in 0 s\n");
  });
  it("of what failed says so", async () => {
    assert.match(await printed(false, () => Promise.reject(new Error("x"))), /: failed after 0 s\n$/);
  });
  it("tells seconds and minutes", async () => {
    const { duration } = await import("../../scripts/toolchain/progress.mjs");
    assert.deepEqual([1400, 59_600, 125_000].map(duration), ["1 s", "1 min 0 s", "2 min 5 s"]);
  });
});
