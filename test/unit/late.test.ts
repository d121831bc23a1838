import assert from "node:assert/strict";
import { Secret } from "../../provider/secret";
import { lateRotation } from "../../provider/token/late";
import { days } from "../../provider/token/schedule";
import type { TokenInputs, TokenState } from "../../provider/token/state";

const DAY = 86_400_000;

/** A token that was minted on day 0, and its successor on `day`. */
function rotatedOn(day: number, schedule: Partial<TokenInputs> = {}, grantedDays?: number): TokenState {
  const lifetime = grantedDays ?? Number(schedule.lifetimeSeconds ?? days(90)) / 86_400;
  const record = (tokenId: string, from: number) => ({
    ...{ tokenId, tokenValue: new Secret("some-value"), creationTime: from * DAY, expiryTime: (from + lifetime) * DAY },
  });
  const origin = { organization: "o", project: "p", stack: "s", name: "ci" };
  return {
    inputs: { origin, nonce: "aa", host: "https://h", hostSource: "workspace", ...schedule },
    current: record("2", day),
    retiring: [record("0", -40), record("1", 0)],
    ...{ owner: "", unfinished: [], candidates: [] },
  };
}

describe("a rotation that ran too late for its overlap", () => {
  it("by the default schedule: due on day 59, in time until day 60", () => {
    for (const day of [20, 59, 60]) assert.equal(lateRotation(rotatedOn(day)), undefined);
    assert.match(
      lateRotation(rotatedOn(63)) ?? "",
      /"ci" ran 4 days after it was due.*27 days of overlap left instead of 30 days.*at least every 1 days/s,
    );
  });

  it("with slack in the schedule, not before that is used up", () => {
    const monthly = { rotateEverySeconds: days(30), overlapSeconds: days(25) };
    for (const day of [30, 45, 65]) assert.equal(lateRotation(rotatedOn(day, monthly)), undefined);
    assert.match(lateRotation(rotatedOn(70, monthly)) ?? "", /at least every 36 days/);
  });

  it("says nothing of a token that never expires, that is rotated only once it is dead, or without a predecessor", () => {
    assert.equal(lateRotation(rotatedOn(89, { rotateEverySeconds: 0 })), undefined);
    const state = rotatedOn(89);
    assert.equal(lateRotation({ ...state, retiring: [] }), undefined);
    const forEver = state.retiring.map((token) => ({ ...token, expiryTime: -1 }));
    assert.equal(lateRotation({ ...state, retiring: forEver }), undefined);
  });

  it("measures a token that was granted for less by what it was granted", () => {
    assert.equal(lateRotation(rotatedOn(20, {}, 30)), undefined);
    assert.match(lateRotation(rotatedOn(25, {}, 30)) ?? "", /too|after it was due/);
  });
});
