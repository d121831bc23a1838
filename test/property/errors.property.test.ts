import assert from "node:assert/strict";
import fc from "fast-check";
import { DatabricksTokensError } from "../../provider/errors";
import { Secret } from "../../provider/secret";
import { errorFromResponse } from "../../provider/workspace/error-from-response";

const token = fc.stringMatching(/^[0-9a-f]{32}$/).map((hex) => `da${"pi"}${hex}`);
const bodies = (word: string): fc.Arbitrary<string> =>
  fc.oneof(
    fc.string(),
    fc.json(),
    fc.string().map((text) => `<html><title>${text} ${word}</title><pre>${word}</pre></html>`),
    fc.string().map((text) => JSON.stringify({ error_code: 403, message: `${text} ${word} ${text}` })),
    fc.string().map((text) => JSON.stringify({ error: { code: text, message: word } })),
    fc.string().map((text) => JSON.stringify({ detail: `${word}${text}`, status: "400", scimType: word })),
    fc.string().map((text) => `SOME_CODE: ${text} Bearer ${word} ${"x".repeat(text.length * 40)}${word}`),
  );

describe("error mapping, for any answer", () => {
  it("gives a coded error and never shows the token", () => {
    const answers = token.chain((word) =>
      fc.record({
        word: fc.constant(word),
        status: fc.oneof(fc.integer({ min: 100, max: 599 }), fc.constantFrom(200, 302, 401, 403, 404, 429, 503)),
        body: bodies(word),
        headers: fc.dictionary(
          fc.constantFrom("location", "x-databricks-reason-phrase", "www-authenticate", "content-type"),
          fc.oneof(fc.string(), fc.constant(`/login?token=${word}`)),
        ),
      }),
    );
    fc.assert(
      fc.property(answers, ({ word, status, body, headers }) => {
        const hide = [new Secret(`Bearer ${word}`)];
        const known = { path: "/api/2.0/token/create", host: "https://x", strategy: "pat", source: "y" };
        for (const answer of [{ hide }, {}]) {
          const error = errorFromResponse({ status, body, headers, ...known, ...answer });
          assert.ok(error instanceof DatabricksTokensError);
          assert.ok(!error.message.includes(word.slice(4)), error.message);
          assert.ok(error.message.length < 1_000);
          assert.doesNotMatch(error.message, /[\r\n]/);
        }
      }),
    );
  });
});
