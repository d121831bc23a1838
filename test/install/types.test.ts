import assert from "node:assert/strict";
import { join } from "node:path";
import { Packed } from "../engine/package";
import { ROOT } from "../engine/stack";
import { cachedPackages } from "./cached";
import { complaints, FLOOR, typedProject } from "./types";

/** A part of `npm run types`, which tries every compiler with every lib. */
describe("the packed types, without skipLibCheck", function () {
  this.timeout(300_000);
  const OURS = join(ROOT, "node_modules");
  let packed: Packed;
  let place: string;

  before(async () => {
    packed = await Packed.pack();
    place = await typedProject(packed, "typed", OURS);
  });
  after(() => packed?.remove());

  const NODE16 = { module: "node16", moduleResolution: "node16", exactOptionalPropertyTypes: true };
  for (const [title, options] of [
    ["with Pulumi's default tsconfig", {}],
    ["with the oldest lib", { target: "es2016", lib: ["es2016"] }],
    ["with the newest lib, node16 and exactOptionalPropertyTypes", { ...NODE16, lib: ["esnext"] }],
    ["with a bundler's resolution", { module: "esnext", moduleResolution: "bundler", lib: ["es2020"] }],
  ] as const) {
    it(`TypeScript 5.9 ${title}`, async () => {
      const compiler = join(OURS, "typescript", "bin", "tsc");
      assert.deepEqual(await complaints(place, compiler, options), { ours: [], pulumis: [] });
    });
  }

  it("the oldest TypeScript with the oldest SDK", async function () {
    const modules = await cachedPackages("types-floor", [...FLOOR.packages, `typescript@${FLOOR.typescript}`]);
    if (!modules) this.skip();
    const oldest = await typedProject(packed, "typed-floor", modules);
    const compiler = join(modules, "typescript", "bin", "tsc");
    assert.deepEqual(await complaints(oldest, compiler, {}), { ours: [], pulumis: [] });
  });
});
