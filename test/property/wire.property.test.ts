import assert from "node:assert/strict";
import fc from "fast-check";
import { DatabricksTokensError } from "../../provider/errors";
import { errorFromAnswer } from "../../provider/workspace/answer";
import { parseHost } from "../../provider/workspace/host";

describe("property: error mapping", () => {
  it("gives a coded error for every answer, and never shows a secret", () => {
    const secret = fc.stringMatching(/^[a-z0-9]{12,40}$/);
    const body = fc.oneof(
      fc.string(),
      fc.json(),
      fc.string().map((text) => `<html><title>${text}</title></html>`),
    );
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), body, secret, fc.string(), (status, text, value, phrase) => {
        const error = errorFromAnswer({
          status,
          body: `${text} ${value}`,
          headers: { "x-databricks-reason-phrase": `${phrase}${value}` },
          host: "https://h",
          call: "GET /",
          strategy: "pat",
          source: "test",
          secrets: [value],
        });
        assert.ok(error.code.length > 0);
        assert.ok(!error.message.includes(value));
      }),
    );
  });
});

describe("property: host names", () => {
  it("parsing is idempotent, fails only with our errors, and never echoes credentials", () => {
    const text = fc.oneof(fc.string(), fc.webUrl(), fc.domain(), fc.webUrl({ validSchemes: ["http", "ftp"] }));
    fc.assert(
      fc.property(text, (given) => {
        try {
          const origin = parseHost(given);
          assert.equal(parseHost(origin), origin);
          assert.match(origin, /^https?:\/\/[^/@]+$/);
        } catch (error) {
          assert.ok(error instanceof DatabricksTokensError, String(error));
        }
      }),
    );
  });
});
