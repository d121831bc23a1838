import assert from "node:assert/strict";
import fc from "fast-check";
import type { Properties } from "../../provider/pulumi/wire";
import { Secret } from "../../provider/secret";
import { diff } from "../../provider/token/diff";
import { markComment, parseComment } from "../../provider/token/marker";
import { revokeAfter, rotatesAt, scheduleOf } from "../../provider/token/schedule";
import { readState, writeState } from "../../provider/token/state";

const text = fc.string({ unit: "grapheme", maxLength: 40 });
const origin = fc.record({ organization: text, project: text, stack: text, name: text }, { noNullPrototype: true });
const nonce = fc.stringMatching(/^[0-9a-f]{24}$/);

describe("property: marker", () => {
  it("survives any comment and any names", () => {
    fc.assert(
      fc.property(text, origin, nonce, (comment, from, id) => {
        assert.deepEqual(parseComment(markComment(comment, from, id)), { comment, origin: from, nonce: id });
      }),
    );
  });
  it("never throws on foreign text", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (comment) => void parseComment(comment)));
  });
});

const seconds = fc.integer({ min: 1, max: 2 ** 31 });

describe("property: schedule", () => {
  it("with defaults, rotation and overlap fit into the lifetime", () => {
    fc.assert(
      fc.property(seconds, fc.option(seconds, { nil: undefined }), (lifetimeSeconds, rotateEverySeconds) => {
        fc.pre(rotateEverySeconds === undefined || rotateEverySeconds <= lifetimeSeconds);
        const schedule = scheduleOf({
          lifetimeSeconds,
          ...(rotateEverySeconds !== undefined && { rotateEverySeconds }),
        });
        assert.ok(schedule.rotateEverySeconds + schedule.overlapSeconds <= lifetimeSeconds || lifetimeSeconds < 3);
        const token = { creationTime: 0, expiryTime: lifetimeSeconds * 1000 };
        const due = rotatesAt(token, schedule);
        assert.ok(due >= 0 && due <= token.expiryTime);
        assert.ok(revokeAfter(token, schedule, due) <= token.expiryTime);
        // Rotated when due, the promised overlap is there in full.
        assert.ok(revokeAfter(token, schedule, due) - due >= schedule.overlapSeconds * 1000 - 1000);
      }),
    );
  });
});

const inputs = {
  origin: { organization: "o", project: "p", stack: "s", name: "n" },
  nonce: "abc",
  host: "https://h",
  hostSource: "workspace" as const,
};

/** The outputs as the engine hands them to the provider: secrets unwrapped. */
function held(expiryTime: number, retireAt?: number): Properties {
  const record = (tokenId: string) => ({ tokenId, tokenValue: new Secret("v"), creationTime: 0, expiryTime });
  const state = writeState(
    {
      inputs: { ...inputs, lifetimeSeconds: expiryTime / 1000 },
      current: record("1"),
      owner: "me",
      unfinished: [],
      candidates: [],
      retiring: retireAt === undefined ? [] : [{ ...record("0"), revokeAfter: retireAt }],
    },
    0,
  );
  return Object.fromEntries(
    Object.entries(state).map(([key, value]) => [key, (value as { value?: unknown })?.value ?? value]),
  );
}

describe("property: diff against a clock", () => {
  it("changes exactly when rotation or retirement is due", () => {
    fc.assert(
      fc.property(
        seconds,
        fc.double({ min: 0, max: 1.2, noNaN: true }),
        fc.option(fc.double({ min: 0, max: 1.2, noNaN: true }), { nil: undefined }),
        (lifetime, at, retire) => {
          const expiry = lifetime * 1000;
          const now = Math.floor(expiry * at);
          const retireAt = retire === undefined ? undefined : Math.floor(expiry * retire);
          const olds = held(expiry, retireAt);
          const news = { ...inputs, lifetimeSeconds: lifetime };
          const due = rotatesAt({ creationTime: 0, expiryTime: expiry }, scheduleOf(news)) <= now;
          const answer = diff(olds, news, now);
          assert.equal(answer.changes, due || expiry <= now || (retireAt !== undefined && retireAt <= now));
          assert.deepEqual(answer.replaces, []);
        },
      ),
    );
  });
  it("reads back what it writes", () => {
    const olds = held(1000, 500);
    assert.deepEqual(
      readState(olds).retiring.map((token) => token.revokeAfter),
      [500],
    );
    assert.equal(readState(olds).current?.tokenValue.reveal(), "v");
  });
});
