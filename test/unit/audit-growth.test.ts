import assert from "node:assert/strict";
import { documentOf, type Report } from "../../provider/cli/audit/document";
import { readExport } from "../../provider/cli/audit/exported-state";
import { classify } from "../../provider/cli/audit/kinds";
import { asText } from "../../provider/cli/audit/text";
import { redact } from "../../provider/secret";
import { DAY, exported, HOST, listed, type Made, NOW, OURS } from "./audit-state";

/**
 * Four times the tokens take four times the work, not sixteen. By the CPU that this process took: what else the machine
 * does is not in it.
 */
describe("audit: the work grows with the tokens, not with their square", function () {
  this.timeout(120_000);
  const [FEW, MANY] = [1_500, 6_000];
  /** Of 4 and 16 nearer to 16: the collector and the cache take their share. */
  const MOST = 11;
  const paper = { width: undefined, colour: false, ascii: false, all: true };
  const each = <T>(count: number, make: (index: number) => T): T[] =>
    Array.from({ length: count }, (_, index) => make(index));
  const id = (index: number): string => `id${index}`;
  const ofState = (index: number): Made => ({
    name: `t${index}`,
    nonce: `n${index}`,
    current: { tokenId: id(index) },
    retiring: [{ tokenId: `old${index}`, revokeAfter: NOW + DAY }],
  });

  /** From the text of an export and a listing to all that is printed: the CPU that each step took, in microseconds. */
  function stepsOf(state: string, tokens: ReturnType<typeof listed>[]): Record<string, number> {
    const took: Record<string, number> = {};
    const timed = <T>(step: string, work: () => T): T => {
      const before = process.cpuUsage();
      const made = work();
      const { user, system } = process.cpuUsage(before);
      took[step] = user + system;
      return made;
    };
    const read = timed("read", () => readExport(state));
    const seen = { host: HOST, tokens, owners: "all" as const, now: NOW, refused: new Set<string>() };
    const rows = timed("classify", () => classify(read, [seen]));
    const sights = [{ host: HOST, seen, ownerOf: new Map() }];
    const report: Report = { exitCode: 0, state: read, sights, rows, problems: [], advice: [] };
    const document = timed("document", () => documentOf(report));
    const text = timed("text", () => asText(document, paper));
    timed("redact", () => assert.ok(redact(text).length > 0));
    return took;
  }

  /** The least that each step took in three runs. */
  function cpu(state: string, tokens: ReturnType<typeof listed>[]): Record<string, number> {
    const runs = each(3, () => stepsOf(state, tokens));
    return Object.fromEntries(Object.keys(runs[0]!).map((step) => [step, Math.min(...runs.map((run) => run[step]!))]));
  }

  const SHAPES: Readonly<Record<string, (count: number) => [state: string, tokens: ReturnType<typeof listed>[]]>> = {
    "all of the state, listed": (count) => {
      const made = each(count, ofState);
      return [exported(made), made.flatMap((of, index) => [listed(id(index), { of }), listed(`old${index}`, { of })])];
    },
    "all of the state, in no list": (count) => [exported(each(count, ofState)), []],
    "lost ones of one resource": (count) => [
      exported([ofState(0)]),
      each(count, (index) => listed(id(index), { of: { nonce: `lost${index}` } })),
    ],
    "other stacks' and people's": (count) => [
      exported([ofState(0)]),
      each(count, (index) =>
        index % 2 === 0
          ? listed(id(index), { text: `laptop ${index}`, owner: `user${index}@example.com` })
          : listed(id(index), { of: { nonce: `x${index}`, origin: { ...OURS, stack: `stack${index}` } } }),
      ),
    ],
  };

  for (const [shape, make] of Object.entries(SHAPES)) {
    it(shape, () => {
      const [few, many] = [make(FEW), make(MANY)];
      // Once for the compiler.
      stepsOf(...many);
      const [before, after] = [cpu(...few), cpu(...many)];
      for (const [step, took] of Object.entries(after)) {
        // What takes no time at all says nothing.
        if (took < 5_000) continue;
        const ratio = took / Math.max(before[step]!, 300);
        assert.ok(ratio < MOST, `${step}: ${ratio.toFixed(1)} times the work for ${MANY / FEW} times the tokens`);
      }
    });
  }
});
