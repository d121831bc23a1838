import assert from "node:assert/strict";
import { foreignText } from "../../provider/workspace/foreign-text";

describe("texts from elsewhere", () => {
  it("quote no sign-in of an address and no signature: the Pulumi CLI names its backend with both", () => {
    assert.equal(
      foreignText("error: connect postgres://ann:p@ss@db.example.com:5432/x: refused"),
      "error: connect postgres://[secret]@db.example.com:5432/x: refused",
    );
    assert.equal(
      foreignText("GET https://a.blob.example.com/c?sv=1&sig=abc%2Fd&se=2: 403"),
      "GET https://a.blob.example.com/c?sv=1&sig=[secret]&se=2: 403",
    );
    const plain = "see https://example.com/help or ask ada@example.com";
    assert.equal(foreignText(plain), plain);
  });
});
