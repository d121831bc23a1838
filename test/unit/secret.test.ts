import assert from "node:assert/strict";
import { format, inspect } from "node:util";
import { DatabricksTokensError } from "../../provider/errors";
import { redactError, Secret } from "../../provider/secret";
import { SavedFailure } from "../../provider/token/failure";

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

describe("redaction", () => {
  const value = `no-known-prefix-${Math.random()}`;
  new Secret(value);

  it("hides a secret by its value, in errors that this package makes", () => {
    const error = new DatabricksTokensError("SERVER_ERROR", `the server said ${value} and ${value}`);
    for (const text of [error.message, error.text, error.stack ?? "", inspect(error)]) assert.ok(!text.includes(value));
    assert.match(error.message, /said \[secret\] and \[secret\]/);
  });

  it("hides it in anybody's errors, their stacks and causes", () => {
    const error = new TypeError(`outer ${value}`, { cause: new Error(`inner ${value}`) });
    assert.ok(!inspect(redactError(error)).includes(value));
  });

  it("hides what a saved failure carries from whoever prints it", () => {
    const failure = new SavedFailure("id", { tokenValue: value }, new Error(`because of ${value}`));
    assert.ok(!inspect(redactError(failure), { depth: 10 }).includes(value));
    assert.equal(failure.properties["tokenValue"], value, "Pulumi still gets it");
  });
});
