import fc from "fast-check";
import { step } from "./steps";
import { Broken, type Step, World } from "./world";

/** Random sequences; `npm run test:soak` asks for many more. */
const RUNS = Number(process.env.FAULT_RUNS ?? 1_000);
const NAMES = ["a", "b", "c"];

async function play(names: readonly string[], steps: readonly Step[]): Promise<void> {
  const world = await World.start(names);
  try {
    for (const item of steps) await world.step(item);
    await world.finish();
  } finally {
    await world.end();
  }
}

describe("faults: random sequences", () => {
  it(`nothing leaks, nothing is lost, no outage, in ${RUNS} of them`, async function () {
    this.timeout(0);
    const seen = { leaked: 0, lost: 0, outage: 0 };
    const sequences = fc.record({
      names: fc.integer({ min: 1, max: NAMES.length }).map((count) => NAMES.slice(0, count)),
      steps: fc.array(step, { minLength: 2, maxLength: 14 }),
    });
    let played = 0;
    const property = fc.asyncProperty(sequences, async ({ names, steps }) => {
      played += 1;
      if (played % 500 === 0) console.log(`      ${played} sequences`);
      try {
        await play(names, steps);
      } catch (error) {
        if (error instanceof Broken) seen[error.promise] += 1;
        throw error;
      }
    });
    const seed = process.env.FAULT_SEED ? { seed: Number(process.env.FAULT_SEED) } : {};
    const result = await fc.check(property, { numRuns: RUNS, ...seed });
    if (result.failed) {
      const [{ names, steps }] = result.counterexample!;
      const script = steps.map((item) => `  await world.step(${show(item)});`).join("\n");
      throw new Error(
        `${(result.errorInstance as Error)?.stack}\nseed ${result.seed}; as a script:\n\n` +
          `  const world = await World.start(${JSON.stringify(names)});\n${script}\n  await world.finish();\n`,
      );
    }
    console.log(`      ${played} sequences: ${seen.leaked} leaked, ${seen.lost} lost, ${seen.outage} outages`);
  });
});

/** A step as source code: patterns too. */
function show(value: unknown): string {
  if (value instanceof RegExp) return String(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`;
  return `{ ${Object.entries(value)
    .map(([key, item]) => `${key}: ${show(item)}`)
    .join(", ")} }`;
}
