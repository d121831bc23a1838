import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { World } from "../faults/world";
import { type Recording, restore } from "./recording";
import { SCENARIOS } from "./scenarios";

const MINUTE = 60_000;

const versions = readdirSync(__dirname, { withFileTypes: true }).filter((entry) => entry.isDirectory());

for (const { name: version } of versions) {
  describe(`states: what ${version} wrote is read, updated and destroyed`, () => {
    const texts = new Map(
      Object.keys(SCENARIOS).map((name) => [name, readFileSync(join(__dirname, version, `${name}.json`), "utf8")]),
    );

    for (const [name, text] of texts) {
      const on = async (test: (world: World) => Promise<void>): Promise<void> => {
        const world = await restore(text);
        try {
          await test(world);
        } finally {
          await world.end();
        }
      };
      const { kept } = JSON.parse(text) as Recording;
      const codes = (kept.outs["unfinished"] as Array<{ code: string }>).map(({ code }) => code);

      it(`${name}: is what it is called, and has no value in its file`, () => {
        if (name === "plain") assert.deepEqual(codes, []);
        else if (name === "retiring-and-candidates") {
          const lists = [kept.outs["retiring"], kept.outs["candidates"]] as unknown[][];
          assert.ok(lists.every((list) => list.length > 0));
        } else assert.ok(codes.includes(name), codes.join());
        assert.doesNotMatch(text, /dapi[0-9a-f]|127\.0\.0\.1/);
      });

      it(`${name}: a refresh, and then an up, come to rest with a token that works; destroy leaves nothing`, () =>
        on(async ({ workspace, stack }) => {
          assert.deepEqual((await stack.refresh()).errors, []);
          for (const round of [1, 2, 3]) {
            workspace.advance(3 * MINUTE);
            const { errors } = await stack.up();
            if (round > 1) assert.deepEqual(errors, []);
          }
          assert.equal(stack.changes(), false);
          const [outs] = stack.kept().map((item) => item.outs);
          assert.ok(workspace.signsIn(String(outs?.["tokenValue"])));
          assert.deepEqual((await stack.destroy()).errors, []);
          assert.deepEqual(workspace.tokens(), []);
        }));

      for (const who of ["owner", "admin"] as const) {
        it(`${name}: ${who === "owner" ? "whoever minted" : "an administrator"} alone can destroy it`, () =>
          on(async (world) => {
            await world.step({ do: "identity", who });
            world.workspace.advance(3 * MINUTE);
            assert.deepEqual((await world.stack.destroy()).errors, []);
            assert.deepEqual(world.workspace.tokens(), []);
          }));
      }
    }
  });
}
