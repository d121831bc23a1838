import assert from "node:assert/strict";
import { format, inspect } from "node:util";
import { Secret } from "../../provider/secret";

describe("secret", () => {
  it("shows its value in no way of printing it", () => {
    const secret = new Secret("hunter2");
    const shown = [
      `${secret}`,
      String(secret),
      JSON.stringify({ secret }),
      inspect({ secret }, { depth: 9, showHidden: true }),
      format("%s %o %j", secret, secret, secret),
    ];
    for (const text of shown) assert.ok(!text.includes("hunter2") && text.includes("[secret]"), text);
    assert.equal(secret.reveal(), "hunter2");
  });
});
