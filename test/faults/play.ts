import fc from "fast-check";
import { Broken } from "./ledger";
import { step } from "./steps";
import { type Step, World } from "./world";

const NAMES = ["a", "b", "c"];

export interface Sequence {
  readonly names: readonly string[];
  readonly steps: readonly Step[];
}

export const sequence: fc.Arbitrary<Sequence> = fc.record({
  names: fc.integer({ min: 1, max: NAMES.length }).map((count) => NAMES.slice(0, count)),
  steps: fc.array(step, { minLength: 2, maxLength: 14 }),
});

/** Plays a sequence on a world of its own, and lets everything come to rest. */
export async function play({ names, steps }: Sequence): Promise<void> {
  const world = await World.start(names);
  try {
    for (const item of steps) await world.step(item);
    await world.finish();
  } finally {
    await world.end();
  }
}

export interface Tally {
  cells: number;
  leaked: number;
  lost: number;
  outage: number;
}

export const newTally = (): Tally => ({ cells: 0, leaked: 0, lost: 0, outage: 0 });

/** Counts what a cell breaks, and lets the failure go on. */
export async function count<T>(tally: Tally, cell: () => Promise<T>): Promise<T> {
  tally.cells += 1;
  try {
    return await cell();
  } catch (error) {
    if (error instanceof Broken) tally[error.promise] += 1;
    throw error;
  }
}

const HEAD = `${"".padEnd(28)}${["cells", "leaked", "lost", "outages"].map((word) => word.padStart(9)).join("")}`;

export function table(rows: ReadonlyMap<string, Tally>): string {
  const lines = [...rows].map(([title, { cells, leaked, lost, outage }]) => {
    return title.padEnd(28) + [cells, leaked, lost, outage].map((value) => String(value).padStart(9)).join("");
  });
  return [HEAD, ...lines].map((line) => `      ${line}`).join("\n");
}

/** A sequence as source code, ready to be run again. */
export function script({ names, steps }: Sequence): string {
  const lines = steps.map((item) => `  await world.step(${show(item)});`);
  return [`  const world = await World.start(${JSON.stringify(names)});`, ...lines, "  await world.finish();"].join(
    "\n",
  );
}

function show(value: unknown): string {
  if (value instanceof RegExp) return String(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`;
  const members = Object.entries(value).map(([key, item]) => `${key}: ${show(item)}`);
  return `{ ${members.join(", ")} }`;
}
