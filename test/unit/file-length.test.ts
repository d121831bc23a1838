import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const PROVIDER = resolve(__dirname, "..", "..", "provider");
const LONGEST = 200;

describe("the files of provider/", () => {
  it(`have at most ${LONGEST} lines`, () => {
    const names = readdirSync(PROVIDER, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
    const lengths = names.map(
      (name) => [name, readFileSync(join(PROVIDER, name), "utf8").split("\n").length - 1] as const,
    );
    assert.ok(lengths.length > 50, "the files are found");
    assert.deepEqual(
      lengths.filter(([, lines]) => lines > LONGEST),
      [],
    );
  });
});
