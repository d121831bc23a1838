import assert from "node:assert/strict";
import fc from "fast-check";
import { days } from "../../provider/token/schedule";
import { count, newTally, table } from "./play";
import { fault } from "./steps";
import { type Step, World } from "./world";

/** A year and more of a pipeline that runs `up` when it likes, and sometimes fails. */
const DAYS = 400;
const HOURS_IN_DAY = 24;

/** The schedule of a monthly token: rotated after 20 days, alive for 10 more. */
const ARGS = { lifetimeSeconds: days(30), rotateEverySeconds: days(20), overlapSeconds: days(10) };

interface Run {
  /** Hours since the one before. */
  readonly gap: number;
  /** What befalls it. */
  readonly before: Step | undefined;
  readonly kind: "up" | "refresh" | "killed" | "skipped";
}

const run: fc.Arbitrary<Run> = fc.record({
  gap: fc.double({ min: 0.1, max: 3 * HOURS_IN_DAY, noNaN: true }),
  before: fc.oneof(
    { weight: 7, arbitrary: fc.constant(undefined) },
    { weight: 3, arbitrary: fault.map((item): Step => ({ do: "fault", fault: item })) },
  ),
  kind: fc.constantFrom(
    "up" as const,
    "up" as const,
    "up" as const,
    "refresh" as const,
    "killed" as const,
    "skipped" as const,
  ),
});

/**
 * What is promised: an `up` that goes through leaves a token that is not due yet, and so lives for at least the lifetime
 * less `rotateEverySeconds`. Nothing is promised of a token that no such `up` has looked at for longer.
 */
const PROMISED_MS = (ARGS.lifetimeSeconds - ARGS.rotateEverySeconds) * 1000;

interface Year {
  readonly minted: number;
  /** Runs before which the promise was put to the test, and those that came too late for it. */
  readonly promised: number;
  readonly late: number;
}

async function year(runs: readonly Run[]): Promise<Year> {
  const world = await World.start(["a", "b"], ARGS);
  const end = world.workspace.now() + days(DAYS) * 1000;
  let [promised, late] = [0, 0];
  try {
    await world.step({ do: "up" });
    let wentThrough = world.workspace.now();
    for (let index = 0; world.workspace.now() < end; index++) {
      const { gap, before, kind } = runs[index % runs.length]!;
      await world.step({ do: "wait", hours: gap });
      if (world.workspace.now() - wentThrough <= PROMISED_MS) {
        promised += 1;
        for (const { name, kept } of world.stack.resources) {
          const value = String(kept?.outs["tokenValue"]);
          assert.ok(world.workspace.signsIn(value), `outage: the current token of ${name} is dead before a run`);
        }
      } else late += 1;
      if (before) await world.step(before);
      if (kind === "killed") {
        const death = { who: "both", calls: 1 + (index % 5), moment: index % 2 ? "before" : "after" } as const;
        await world.step({ do: "kill", during: "up", death });
      } else if (kind !== "skipped") {
        const { errors } = await world.step({ do: kind });
        if (kind === "up" && errors.length === 0) wentThrough = world.workspace.now();
      }
      await world.step({ do: "mend" });
    }
    await world.finish();
    return { minted: world.workspace.tokens({ all: true }).length, promised, late };
  } finally {
    await world.end();
  }
}

describe(`faults: ${DAYS} days of rotation`, () => {
  it("with random times, skipped, failed and killed runs: no outage within what the overlap promises", async function () {
    this.timeout(0);
    const tally = newTally();
    const years: Year[] = [];
    const property = fc.asyncProperty(fc.array(run, { minLength: 40, maxLength: 120 }), async (runs) => {
      years.push(await count(tally, () => year(runs)));
    });
    await fc.assert(property, { numRuns: 20 });
    const minted = years.map((item) => item.minted);
    const sum = (key: "promised" | "late"): number => years.reduce((total, item) => total + item[key], 0);
    // Else the promise was hardly looked at.
    assert.ok(sum("promised") > 20 * sum("late"), `${sum("promised")} runs in time, ${sum("late")} late`);
    console.log(table(new Map([[`${DAYS} days`, tally]])));
    console.log(`      tokens minted by two resources: ${Math.min(...minted)} to ${Math.max(...minted)}`);
    console.log(`      runs in time: ${sum("promised")}; too late for the promise: ${sum("late")}`);
  });
});
