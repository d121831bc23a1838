import assert from "node:assert/strict";
import fc from "fast-check";
import { columnsOf, cutTo } from "../../../../provider/cli/audit/columns";

describe("columns of a terminal", () => {
  const texts = fc.oneof(
    fc.string({ unit: fc.constantFrom(..."ab ©éßſΩжѣ҂") }),
    fc.string({ unit: fc.constantFrom("a", "é", "e\u0301", "ж\u0483", "中", "한", "🔑", "👩‍🔧", "©\ufe0f") }),
    fc.string({ unit: "grapheme" }),
  );

  it("the short way for Latin, Greek and Cyrillic says what parting into characters does", () => {
    // A wide character that combines with nothing takes the long way.
    const property = fc.property(texts, (text) =>
      assert.equal(columnsOf(text), columnsOf(`${text}\n中`) - columnsOf("\n中")),
    );
    fc.assert(property, { numRuns: 500 });
  });

  it("a text that fits stays; of another as much as fits is left", () => {
    const property = fc.property(texts, fc.nat(30), (text, columns) => {
      const cut = cutTo(text, columns);
      if (columnsOf(text) <= columns) return assert.equal(cut, text);
      assert.ok(columnsOf(cut) <= columns, cut);
      assert.ok(cut === "" ? columns === 0 : cut.endsWith("…") && text.startsWith(cut.slice(0, -1)));
    });
    fc.assert(property, { numRuns: 500 });
  });
});
