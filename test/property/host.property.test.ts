import assert from "node:assert/strict";
import fc from "fast-check";
import { DatabricksTokensError } from "../../provider/errors";
import { parseHost } from "../../provider/workspace/host";

const attempt = (text: string): string | DatabricksTokensError => {
  try {
    return parseHost(text);
  } catch (error) {
    // Nothing else may come out: the parser's own errors quote what they were given.
    assert.ok(error instanceof DatabricksTokensError, String(error));
    assert.equal(error.cause, undefined);
    return error;
  }
};
const addresses = fc.oneof(
  fc.string(),
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  fc.domain(),
  fc.tuple(fc.domain(), fc.string()).map(([domain, rest]) => `${domain}/${rest}`),
);

describe("host, for any text", () => {
  it("gives an origin that it gives back, or a coded error", () => {
    fc.assert(
      fc.property(addresses, (text) => {
        const origin = attempt(text);
        if (typeof origin !== "string") return;
        assert.equal(parseHost(origin), origin);
        assert.equal(new URL(origin).origin, origin);
      }),
    );
  });

  it("refuses credentials and never repeats them", () => {
    const secret = fc.stringMatching(/^[a-z0-9]{12,20}$/).map((text) => `zq${text}`);
    fc.assert(
      fc.property(
        secret,
        fc.domain(),
        fc.constantFrom("", "https://", "http://"),
        fc.boolean(),
        (word, domain, scheme, user) => {
          const error = attempt(`${scheme}${user ? word : `me:${word}`}@${domain}`);
          assert.ok(error instanceof DatabricksTokensError);
          assert.ok(!error.message.includes(word));
        },
      ),
    );
  });
});
