import assert from "node:assert/strict";
import { format, inspect } from "node:util";
import fc from "fast-check";
import { DatabricksTokensError } from "../../provider/errors";
import { SavedFailure } from "../../provider/pulumi/saved-failure";
import { redact, redactError, Secret } from "../../provider/secret";

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
  before(() => void new Secret(value));

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

describe("redaction in one pass", () => {
  const hidden = (text: string, ...secrets: string[]): string => {
    for (const value of secrets) new Secret(value);
    return redact(text);
  };
  const X = `x-${Math.random()}`;

  it("a secret within another, one that begins or ends as another, and those that overlap: nothing of them is left", () => {
    assert.equal(hidden(`sent Bearer ${X}.`, X, `Bearer ${X}`), "sent [secret].");
    assert.equal(hidden(`${X}, Bearer ${X}, ${X}${X}`, `Bearer ${X}`, X), "[secret], [secret], [secret][secret]");
    assert.equal(hidden(`${X}-longer ${X}-long`, X, `${X}-longer`), "[secret] [secret]-long");
    assert.equal(hidden(`https://user:${X}@host/path`, `user:${X}@host`, X), "https://[secret]/path");
    assert.equal(hidden("<first-overlaps-last>", "first-overlaps", "overlaps-last"), "<[secret]>");
  });

  it("at both ends of a text, in a text of nothing else, and in none", () => {
    for (const text of [X, `${X} and ${X}`, `é${X}`]) assert.equal(redact(text), text.replaceAll(X, "[secret]"));
    for (const text of ["", "short", X.slice(0, -1), X.slice(1)]) assert.equal(redact(text), text);
    assert.equal(hidden("a secret of 7 letters: 1234567", "1234567"), "a secret of 7 letters: 1234567");
    assert.equal(hidden("of 8: 1234-678", "1234-678"), "of 8: [secret]");
  });

  it("hides what the search for each secret by itself finds, and not a letter more", () => {
    const letters = fc.constantFrom("\u2460", "\u2461");
    const some = (minLength: number, maxLength: number) =>
      fc.array(letters, { minLength, maxLength }).map((all) => all.join(""));
    const remembered: string[] = [];
    const one = fc.property(fc.array(some(8, 11), { maxLength: 3 }), some(0, 60), (secrets, text) => {
      remembered.push(...secrets);
      assert.equal(hidden(text, ...secrets), oneByOne(text, remembered));
    });
    fc.assert(one, { numRuns: 200 });
  });

  it("forgets the oldest of very many, and searches a long text for thousands nearly as fast as for one", () => {
    // A secret.ts of its own, whose memory is empty.
    const fresh = require("../../dist/secret.js") as typeof import("../../provider/secret");
    const text = Array.from({ length: 20_000 }, (_, index) => `line ${index} of a report`).join("\n");
    const took = (): number => {
      const tries = Array.from({ length: 3 }, () => {
        const start = performance.now();
        assert.equal(fresh.redact(text), text);
        return performance.now() - start;
      });
      return Math.min(...tries);
    };
    const first = `oldest-${Math.random()}`;
    new fresh.Secret(first);
    took();
    const withOne = took();
    for (let index = 1; index < 20_000; index++) new fresh.Secret(`secret-${Math.random()}`);
    assert.equal(fresh.redact(first), "[secret]");
    const withAll = took();
    assert.ok(withAll < withOne * 50, `${withAll.toFixed(1)} ms to ${withOne.toFixed(1)} ms`);
    new fresh.Secret(first);
    new fresh.Secret("one-more-secret");
    assert.equal(fresh.redact(first), "[secret]", "seen again, it is not the oldest any more");
    for (let index = 0; index < 20_000; index++) new fresh.Secret(`newer-${index}-${Math.random()}`);
    assert.equal(fresh.redact(first), first);
  });
});

/** Every place of every secret; places that overlap are one. */
function oneByOne(text: string, secrets: readonly string[]): string {
  const places: Array<[from: number, to: number]> = [];
  for (const value of secrets) {
    for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1)) places.push([at, at + value.length]);
  }
  let [safe, hiddenTo] = ["", 0];
  for (const [from, to] of places.sort(([a], [b]) => a - b)) {
    if (from >= hiddenTo) safe += `${text.slice(hiddenTo, from)}[secret]`;
    hiddenTo = Math.max(hiddenTo, to);
  }
  return safe + text.slice(hiddenTo);
}
