import assert from "node:assert/strict";
import { checkValue } from "../../../provider/databricks-secrets/check";

describe("the value of a secret", () => {
  const problem = (value: unknown): string => {
    let said = "";
    checkValue({ stringValue: value }, "stringValue", (_property, reason) => (said = reason));
    return said;
  };

  it("is a text of 1 byte to 128 KB that UTF-8 can hold", () => {
    for (const good of ["x", "é".repeat(65_536), "two\nlines\u0000"]) assert.equal(problem(good), "");
    for (const bad of [undefined, 7, "", "\ud800", "é".repeat(65_537)]) {
      assert.match(problem(bad), /\[SECRET_VALUE_INVALID\]$/);
    }
  });
});
