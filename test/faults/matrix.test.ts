import assert from "node:assert/strict";
import type { Fault } from "../workspace";
import { count, newTally, script, type Tally, table } from "./play";
import { AMBIGUOUS, CALLS, LIES, REFUSALS, WORDINGS } from "./steps";
import { type Step, World } from "./world";

/** Every fault, at every moment, of every call, in every operation; alone and five at once; as administrator and not. */

const OPERATIONS: Readonly<Record<string, Step>> = {
  create: { do: "up" },
  rotate: { do: "up" },
  patch: { do: "up" },
  replace: { do: "up", replace: true },
  refresh: { do: "refresh" },
  destroy: { do: "destroy" },
};

const PREPARED: Readonly<Record<string, readonly Step[]>> = {
  create: [],
  rotate: [{ do: "up" }, { do: "wish", args: { triggers: { release: "2" } } }],
  patch: [
    { do: "wish", args: { scopes: ["jobs", "clusters"] } },
    { do: "up" },
    { do: "wish", args: { scopes: ["jobs"] } },
  ],
};

const NAMES = [["a"], ["a", "b", "c", "d", "e"]];
const IDENTITIES = ["admin", "owner"] as const;

/** A list that lies about what is there, for a change, is an answer of the wrong shape: not this fault. */
function faults(): Fault[] {
  const found: Fault[] = [];
  for (const [name, call] of Object.entries(CALLS)) {
    for (const times of [1, 99]) {
      for (const when of ["before", "after"] as const) {
        for (const kind of AMBIGUOUS) found.push({ ...call, kind, when, times });
      }
      for (const kind of REFUSALS) {
        // The one answer that is believed: a workspace that calls a living token invalid can't be told from the truth.
        if (!(name === "me" && kind === "numeric-403")) found.push({ ...call, kind, times });
      }
    }
    // What a gateway says of a call that took effect; a page with its own clock; a call that it sends twice.
    if (name === "create" || name === "delete") {
      for (const body of WORDINGS) {
        for (const status of [408, 499, 503]) found.push({ ...call, kind: "status", status, body, when: "after" });
      }
    }
    for (const days of [40, -40]) {
      found.push({ ...call, kind: "server-error", dateAheadMs: days * 86_400_000, when: "before", times: 2 });
    }
    if (name === "create") found.push({ ...call, kind: "repeat" });
    for (const kind of LIES) {
      const fits =
        kind === "empty-list" ? name === "list" : kind === "no-effect" ? name === "delete" : name !== "create";
      if (fits) found.push({ ...call, kind, times: 1 });
    }
  }
  return found;
}

async function cell(names: readonly string[], steps: readonly Step[]): Promise<void> {
  const world = await World.start(names);
  try {
    for (const step of steps) await world.step(step);
    if (steps.at(-1)?.do === "refresh") assert.equal(world.workspace.tokens({ all: true }).length, names.length);
    await world.finish();
  } catch (error) {
    (error as Error).message += `\nas a script:\n\n${script({ names, steps })}\n`;
    throw error;
  } finally {
    await world.end();
  }
}

describe("faults: the matrix of fault, moment, call, operation, parallelism and identity", () => {
  const tallies = new Map<string, Tally>();
  after(() => console.log(table(tallies)));

  for (const [operation, step] of Object.entries(OPERATIONS)) {
    it(operation, async function () {
      this.timeout(0);
      const tally = newTally();
      tallies.set(operation, tally);
      for (const fault of faults()) {
        for (const names of NAMES) {
          for (const who of IDENTITIES) {
            const before = PREPARED[operation] ?? [{ do: "up" }];
            const steps: Step[] = [{ do: "identity", who }, ...before, { do: "fault", fault }, step];
            await count(tally, () => cell(names, steps));
          }
        }
      }
    });
  }
});
