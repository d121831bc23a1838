import assert from "node:assert/strict";
import type { LocalWorkspace } from "../workspace";
import { descendants, isRunning, kill, type Running, until } from "./processes";
import type { Stack } from "./stack";

const CREATE = "POST /api/2.0/token/create";
const ME = "/api/2.0/preview/scim/v2/Me";
/** Without a call for so long a plugin has nothing left to do. */
const QUIET_MS = 1_500;
/** It looks for attempts whose answer failed, with pauses of up to 4 s. */
const QUIET_AFTER_FAILURES_MS = 4_500;

export type Who = "cli" | "plugin" | "both";

/** Where the operations of a run are when it is cut off, by their number. All but those `saved` are held there. */
export interface Moment {
  /** In the state. */
  readonly saved: number;
  /** Minted and answered; the proof is under way. */
  readonly proving: number;
  /** Minted; the answer is under way. */
  readonly answering: number;
  /** Minted, and the answer will be 503. */
  readonly lost: number;
  /** Asked for, and minted after the kill. */
  readonly late: number;
  /** Asked for, and never minted: the answer will be 503. */
  readonly never: number;
}

/**
 * An `up` of whose parallel operations each mints one token, and whose CLI, plugin or both get a SIGKILL at `moment`.
 * Resolves when no call is in flight and no process of the run is left, whatever happens. `saved`: how many of its
 * operations the state has.
 */
export async function upAndKill(stack: Stack, who: Who, moment: Moment, saved: () => number): Promise<void> {
  const { workspace } = stack;
  const total = Object.values(moment).reduce((sum, count) => sum + count, 0);
  const before = workspace.countCalls(CREATE);
  const release = hold(workspace, moment);
  const proving = (): number => workspace.calls.filter(({ path, status }) => path === ME && status === 0).length;
  const run = stack.run("up", "--yes", "--skip-preview", "--parallel", String(total));
  let ended = false;
  void run.finally(() => (ended = true)).catch(() => {});
  const { pid } = stack;
  let processes: Running[] = [];
  try {
    const isThere = (): boolean =>
      workspace.countCalls(CREATE) === before + total && saved() === moment.saved && proving() === moment.proving;
    await until(() => ended || isThere(), `the moment of the kill: ${JSON.stringify(moment)}`);
    assert.ok(!ended, `the run ended before it was killed: ${stack.hide(stack.said)}`);
    processes = descendants(pid);
    const plugin = processes.find(({ command }) => /^\S*node \S*dynamic-provider/.test(command));
    assert.ok(plugin, processes.map(({ command }) => command).join("\n"));
    if (who !== "plugin") process.kill(pid, "SIGKILL");
    if (who !== "cli") kill(plugin);
    if (who !== "cli") await until(() => !isRunning(plugin), "the plugin's end");
    assert.notEqual((await run).code, 0);
    release();
    await until(() => workspace.calls.every(({ status }) => status !== 0), "the calls in flight to take effect");
    if (who === "cli") {
      // It answers nobody, and would do so for ever.
      const last = (): number => workspace.calls.at(-1)?.at ?? 0;
      const quiet = moment.lost + moment.never > 0 ? QUIET_AFTER_FAILURES_MS : QUIET_MS;
      await until(() => workspace.now() - last() > quiet, "the plugin that outlived its CLI to come to rest");
      kill(plugin);
      await until(() => !isRunning(plugin), "the plugin's end");
    }
    assert.equal(workspace.countCalls(CREATE), before + total, "nothing is minted after the kill");
  } finally {
    if (!ended) processes = [...processes, ...descendants(pid)];
    if (!ended) process.kill(pid, "SIGKILL");
    for (const item of processes) kill(item);
    release();
    workspace.faults.clear();
  }
  await until(() => !processes.some(isRunning), "the end of the run's processes");
}

/** Holds the operations where `moment` has them, until the function that it gives is called. */
function hold(workspace: LocalWorkspace, { saved, proving, answering, lost, late, never }: Moment): () => void {
  let release = (): void => {};
  const held = { until: new Promise<void>((done) => (release = done)) };
  const creates = { ...held, method: "POST", path: "/api/2.0/token/create", skip: saved + proving };
  workspace.faults.add({ ...creates, kind: "slow", when: "after", times: answering });
  workspace.faults.add({ ...creates, kind: "server-error", when: "after", times: lost });
  workspace.faults.add({ ...creates, kind: "slow", when: "before", times: late });
  workspace.faults.add({ ...creates, kind: "server-error", when: "before", times: never });
  // The first one is no proof: a plugin asks once who it signs in as, before it mints.
  workspace.faults.add({ ...held, kind: "slow", path: ME, skip: 1 + saved, times: proving });
  return release;
}
