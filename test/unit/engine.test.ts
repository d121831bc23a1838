import assert from "node:assert/strict";
import { type AddressInfo, createServer } from "node:net";
import { assertEngine } from "../../provider/process/engine";

describe("the engine that started this process", () => {
  for (const [title, before, after] of [
    ["alone", [], []],
    ["after the engine's own flags", ["--logtostderr", "-v=5", "--tracing", "file:/tmp/t"], []],
    ["before others", [], ["--tracing", "file:/tmp/trace"]],
  ] as const) {
    it(`is asked at its address, ${title}: while it lives tokens may be minted, after it none`, async () => {
      const engine = createServer((socket) => socket.end());
      await new Promise<void>((done) => engine.listen(0, "127.0.0.1", done));
      const address = `127.0.0.1:${(engine.address() as AddressInfo).port}`;
      const args = [...before, address, ...after];
      await assertEngine(args);
      await new Promise((done) => engine.close(done));
      await assert.rejects(assertEngine(args), /ENGINE_GONE/);
    });
  }
  it("where no argument is an address that is told once, not passed over", async () => {
    const told: string[] = [];
    for (let turn = 0; turn < 3; turn++)
      await assertEngine(["--reporter", "127.0.0.1"], (text) => void told.push(text));
    assert.equal(told.length, 1);
    assert.match(told[0]!, /can't be told/);
  });
});
