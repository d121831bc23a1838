import assert from "node:assert/strict";
import { type AddressInfo, createServer } from "node:net";
import { assertEngine } from "../../provider/process/engine";

describe("the engine that started this process", () => {
  it("is asked at its address: while it lives tokens may be minted, after it none", async () => {
    const engine = createServer((socket) => socket.end());
    await new Promise<void>((done) => engine.listen(0, "127.0.0.1", done));
    const address = `127.0.0.1:${(engine.address() as AddressInfo).port}`;
    await assertEngine(address);
    await new Promise((done) => engine.close(done));
    await assert.rejects(assertEngine(address), /ENGINE_GONE/);
  });
  it("is not asked where there is none", () => assertEngine("--reporter"));
});
