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

async function year(runs: readonly Run[]): Promise<number> {
  const world = await World.start(["a", "b"], ARGS);
  const end = world.workspace.now() + days(DAYS) * 1000;
  try {
    await world.step({ do: "up" });
    for (let index = 0; world.workspace.now() < end; index++) {
      const { gap, before, kind } = runs[index % runs.length]!;
      await world.step({ do: "wait", hours: gap });
      for (const { name, kept } of world.stack.resources) {
        // Runs come often enough: whoever took the token at the one before still has it.
        const value = String(kept?.outs["tokenValue"]);
        assert.ok(world.workspace.signsIn(value), `outage: the current token of ${name} is dead before a run`);
      }
      if (before) await world.step(before);
      if (kind === "killed") {
        const death = { who: "both", calls: 1 + (index % 5), moment: index % 2 ? "before" : "after" } as const;
        await world.step({ do: "kill", during: "up", death });
      } else if (kind !== "skipped") await world.step({ do: kind });
      await world.step({ do: "mend" });
    }
    await world.finish();
    return world.workspace.tokens({ all: true }).length;
  } finally {
    await world.end();
  }
}

describe(`faults: ${DAYS} days of rotation`, () => {
  it("with random times, skipped, failed and killed runs: no outage within what the overlap promises", async function () {
    this.timeout(0);
    const tally = newTally();
    const minted: number[] = [];
    const property = fc.asyncProperty(fc.array(run, { minLength: 40, maxLength: 120 }), async (runs) => {
      minted.push(await count(tally, () => year(runs)));
    });
    await fc.assert(property, { numRuns: 20 });
    console.log(table(new Map([[`${DAYS} days`, tally]])));
    console.log(`      tokens minted by two resources: ${Math.min(...minted)} to ${Math.max(...minted)}`);
  });
});
