import fc from "fast-check";
import { count, newTally, play, script, sequence, table } from "./play";

/** `npm run test:soak` asks for many more. */
const RUNS = Number(process.env.FAULT_RUNS ?? 1_000);
const PROGRESS_EVERY = 2_500;

describe("faults: random sequences of operations, faults, clock jumps, identities and kills", () => {
  it(`nothing leaks, nothing is lost, no outage, in ${RUNS} of them`, async function () {
    this.timeout(0);
    const tally = newTally();
    const property = fc.asyncProperty(sequence, async (item) => {
      await count(tally, () => play(item));
      if (tally.cells % PROGRESS_EVERY === 0) console.log(`      ${tally.cells} of ${RUNS} sequences`);
    });
    const result = await fc.check(property, { numRuns: RUNS });
    console.log(table(new Map([["random sequences", tally]])));
    if (!result.failed) return;
    const [item] = result.counterexample!;
    const { stack } = result.errorInstance as Error;
    throw new Error(
      `${stack}\nTEST_SEED=${result.seed} FAULT_RUNS=${RUNS}; shrunk to this script:\n\n${script(item)}\n`,
    );
  });
});
