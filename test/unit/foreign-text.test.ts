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

  it("give no orders to a terminal or to a pipeline, wherever they stand", () => {
    const esc = String.fromCharCode(27);
    for (const order of [
      "##vso[task.setvariable variable=a]b",
      "##[error]x",
      "##teamcity[message text='x']",
      "::add-mask::x",
      "::set-output name=a::b",
      "::error file=a,line=1::b",
      "::stop-commands::pause",
      `${esc}]0;title`,
      `${esc}[2K`,
      "a\r\nb",
      "\u202eevil",
    ]) {
      for (const text of [order, `say ${order}`, `say\u200b ${order}`, order.repeat(3)]) {
        const shown = foreignText(text);
        assert.doesNotMatch(shown, /##\w*\[|::[\w-]+( [^:]*)?::|[\p{Cc}\p{Cf}]/u, shown);
      }
    }
    // What only looks alike stays as it is.
    for (const plain of ["C::x", "fe80::1", "## heading", "a ## b"]) assert.equal(foreignText(plain), plain);
  });
});
