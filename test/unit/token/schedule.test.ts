import assert from "node:assert/strict";
import { days, hours, isExpired, revokeAfter, rotatesAt, scheduleOf } from "../../../provider/token/schedule";

const token = (lifetimeSeconds: number) => ({ creationTime: 0, expiryTime: lifetimeSeconds * 1000 });

describe("schedule", () => {
  it("defaults to 90 days, rotation after two thirds, a third of overlap", () => {
    assert.deepEqual(scheduleOf({}), {
      lifetimeSeconds: days(90),
      rotateEverySeconds: days(60),
      overlapSeconds: days(30),
    });
    assert.equal(hours(12), 43_200);
  });
  it("lets a default give way to the one that is given", () => {
    assert.equal(scheduleOf({ lifetimeSeconds: 900, rotateEverySeconds: 800 }).overlapSeconds, 100);
    assert.equal(scheduleOf({ lifetimeSeconds: 900, overlapSeconds: 450 }).rotateEverySeconds, 450);
  });
  it("is due a tenth early, at most a day", () => {
    assert.equal(rotatesAt(token(days(90)), scheduleOf({})), days(59) * 1000);
    const short = { lifetimeSeconds: 900, rotateEverySeconds: 600 };
    assert.equal(rotatesAt(token(900), scheduleOf(short)), 540_000);
  });
  it("shrinks with a lifetime that the workspace cut", () => {
    assert.equal(rotatesAt(token(days(30)), scheduleOf({})), days(19) * 1000);
  });
  it("0 rotates only once the token is dead; -1 never expires", () => {
    const never = scheduleOf({ rotateEverySeconds: 0 });
    assert.equal(rotatesAt(token(10), never), 10_000);
    assert.equal(rotatesAt({ creationTime: 0, expiryTime: -1 }, never), -1);
    assert.equal(isExpired({ creationTime: 0, expiryTime: -1 }, 1e15), false);
  });
  it("cuts an overlap by the token's own expiry", () => {
    assert.equal(revokeAfter(token(days(90)), scheduleOf({}), days(60) * 1000), days(90) * 1000);
    assert.equal(revokeAfter(token(days(90)), scheduleOf({}), days(80) * 1000), days(90) * 1000);
    assert.equal(revokeAfter(token(days(90)), scheduleOf({ overlapSeconds: 0 }), 5), 5);
  });
});
