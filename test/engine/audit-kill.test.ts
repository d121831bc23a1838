import assert from "node:assert/strict";
import fc from "fast-check";
import { SEED } from "../seed";
import { LocalWorkspace, type TokenRecord } from "../workspace";
import { auditOf, ofKind, withOutcome } from "./auditing";
import { type Moment, upAndKill, type Who } from "./cut-off";
import { heldTokens, idsHeld, nonceOf, noncesIn, sortedIds } from "./held";
import { hasProcesses } from "./processes";
import { Stack } from "./stack";

/** Operations of one run, all at once. */
const PARALLEL = 20;
const KILLS = 20;
/** Kills of one stack, each after it was healed. */
const IN_A_ROW = 5;

const PROGRAM = `
const { DatabricksToken } = require("pulumi-databricks-tokens");
const { GENERATION, RELEASE } = process.env;
for (let index = 0; index < ${PARALLEL}; index++)
  new DatabricksToken("g" + GENERATION + "-" + index, { triggers: { release: RELEASE } });
`;

type Amid = "creates" | "rotations";
interface Kill {
  readonly who: Who;
  readonly amid: Amid;
  readonly moment: Moment;
}

/** Any split of the operations, as long as one of them leaves a token that no state has. */
const moment: fc.Arbitrary<Moment> = fc
  .array(fc.integer({ min: 0, max: PARALLEL }), { minLength: 5, maxLength: 5 })
  .map((cuts) => {
    const ends = [...cuts.sort((a, b) => a - b), PARALLEL];
    const [saved, proving, answering, lost, late, never] = ends.map((end, index) => end - (ends[index - 1] ?? 0));
    return { saved: saved!, proving: proving!, answering: answering!, lost: lost!, late: late!, never: never! };
  })
  .filter(({ proving, answering, late }) => proving + answering + late > 0);

/** Each of who x amid three times or more; the first of a row is amid creates, for there has to be something to rotate. */
function drawn(): Kill[][] {
  const whos: Who[] = ["cli", "plugin", "both"];
  let draws = 0;
  const draw = <T>(item: fc.Arbitrary<T>): T => fc.sample(item, { seed: SEED + draws++, numRuns: 1 })[0]!;
  const shuffled = <T>(items: T[]): T[] => draw(fc.shuffledSubarray(items, { minLength: items.length }));
  const ofEach = (amid: Amid): Array<Omit<Kill, "moment">> =>
    shuffled([...whos, ...whos, ...whos, draw(fc.constantFrom(...whos))].map((who) => ({ who, amid })));
  const creates = ofEach("creates");
  const rows = KILLS / IN_A_ROW;
  const firsts = creates.slice(0, rows);
  const others = shuffled([...creates.slice(rows), ...ofEach("rotations")]);
  return firsts.map((first, row) => {
    const kills = [first, ...others.filter((_, index) => index % rows === row)];
    return kills.map((kill) => ({ ...kill, moment: draw(moment) }));
  });
}

describe(`databricks-tokens audit, after ${KILLS} SIGKILLs amid ${PARALLEL} parallel operations`, function () {
  this.timeout(600_000);
  let workspace: LocalWorkspace;
  let stack: Stack;

  before(function () {
    if (!hasProcesses()) this.skip();
  });
  beforeEach(async () => {
    workspace = await LocalWorkspace.start();
    stack = await Stack.ofSource(workspace, PROGRAM, { GENERATION: "0", RELEASE: "0" });
  });
  afterEach(async () => {
    const leaks = stack.leaks();
    stack.remove();
    await workspace.stop();
    assert.deepEqual(leaks, []);
  });

  for (const kills of drawn()) {
    const title = kills.map(({ who, amid }) => `${who} amid ${amid}`).join(", ");
    it(`${title}: names exactly what leaked, and revokes it`, async () => {
      for (const [index, kill] of kills.entries()) {
        try {
          await killAndAudit(kill, String(index));
        } catch (error) {
          const { stack } = error as Error;
          throw new Error(`${stack}\nTEST_SEED=${SEED}, kill ${index + 1} of this row: ${JSON.stringify(kill)}`);
        }
      }
      await stack.destroy();
      assert.deepEqual(workspace.tokens(), []);
    });
  }

  async function killAndAudit({ who, amid, moment }: Kill, release: string): Promise<void> {
    const before = workspace.tokens();
    if (amid === "creates") stack.env.GENERATION = release;
    stack.env.RELEASE = release;
    const saved = (): number =>
      heldTokens(stack.checkpoint()).filter(({ triggers }) => triggers?.release === release).length;
    await upAndKill(stack, who, moment, saved);

    const leaked = await assertNamed(who, amid, before);
    if (who !== "plugin") await assertLocked();
    await revoke(leaked);
    for (const { value } of [...leaked.orphans, ...leaked.unclaimed]) assert.ok(!workspace.signsIn(value));
    if (who !== "plugin" && amid === "creates") await clearPending();
    await heal();
  }

  interface Leaked {
    /** What the state has, and keeps. */
    readonly held: readonly string[];
    readonly orphans: readonly TokenRecord[];
    readonly unclaimed: readonly TokenRecord[];
  }

  /** What leaked is told apart here by the workspace and the exported state alone, and then asked of the audit. */
  async function assertNamed(who: Who, amid: Amid, before: readonly TokenRecord[]): Promise<Leaked> {
    const state = await stack.deployment();
    const held = idsHeld(state);
    const leaked = workspace.tokens().filter(({ tokenId }) => !held.includes(tokenId));
    assert.ok(leaked.length > 0, "the kill left nothing behind: no test of the audit");
    assert.ok(!leaked.some(({ tokenId }) => sortedIds(before).includes(tokenId)), "what was whole before is lost");
    const nonces = noncesIn(state);
    const orphans = leaked.filter((token) => nonces.has(nonceOf(token)));
    const unclaimed = leaked.filter((token) => !orphans.includes(token));
    // Only a plugin that dies by itself leaves no operation behind, and only of what was never there before.
    assert.equal((who === "plugin" && amid === "creates" ? orphans : unclaimed).length, 0);

    const found = await auditOf(stack);
    assert.equal(found.code, 2);
    assert.deepEqual(
      [ofKind(found, "orphan"), ofKind(found, "unclaimed")],
      [sortedIds(orphans), sortedIds(unclaimed)],
      "the audit names what leaked",
    );
    assert.deepEqual([...ofKind(found, "managed"), ...ofKind(found, "retiring")].sort(), held);
    assert.equal(found.tokens.length, held.length + leaked.length);
    return { held, orphans, unclaimed };
  }

  /** A killed CLI leaves its lock. */
  async function assertLocked(): Promise<void> {
    const all = sortedIds(workspace.tokens());
    const refused = await auditOf(stack, ["--revoke-orphans", "--yes"]);
    assert.deepEqual([refused.code, refused.problems[0]?.code], [3, "RUN_UNDER_WAY"]);
    assert.deepEqual(sortedIds(workspace.tokens()), all);
    await stack.must("cancel", "--yes");
  }

  /** In the way that each kind allows, and nothing that is young. */
  async function revoke({ held, orphans, unclaimed }: Leaked): Promise<void> {
    const byId = [...unclaimed.flatMap(({ tokenId }) => ["--revoke", tokenId]), "--yes"];
    const all = sortedIds([...orphans, ...unclaimed]);
    const young = await auditOf(stack, ["--revoke-orphans", ...byId]);
    assert.deepEqual([young.code, withOutcome(young, "left"), young.revocation.length], [2, all, all.length]);
    assert.deepEqual(sortedIds(workspace.tokens()), [...held, ...all].sort(), "nothing is revoked so far");

    workspace.advance(10 * 60_000);
    const done = await auditOf(stack, ["--revoke-orphans", "--yes"]);
    assert.deepEqual(
      [done.code, withOutcome(done, "revoked"), done.revocation.length],
      [unclaimed.length > 0 ? 2 : 0, sortedIds(orphans), orphans.length],
    );
    assert.deepEqual(sortedIds(workspace.tokens()), [...held, ...sortedIds(unclaimed)].sort());
    if (unclaimed.length > 0) {
      const named = await auditOf(stack, byId);
      assert.deepEqual([named.code, withOutcome(named, "revoked")], [0, sortedIds(unclaimed)]);
    }
    assert.deepEqual(sortedIds(workspace.tokens()), held, "all that the state has is alive, and nothing else");
    if (done.pendingOperations === 0) assert.deepEqual(done.advice, []);
    else assert.match(done.advice[0]!, /pulumi refresh --clear-pending-creates --stack dev/);
  }

  /** As the audit advises. Interrupted updates the next `up` drops by itself. */
  async function clearPending(): Promise<void> {
    await stack.refresh("--clear-pending-creates");
    assert.deepEqual((await stack.deployment()).pending, []);
  }

  /** The next `up` goes through, and leaves nothing that isn't the stack's own. */
  async function heal(): Promise<void> {
    await stack.up("--parallel", String(PARALLEL));
    const state = await stack.deployment();
    const tokens = heldTokens(state);
    assert.equal(tokens.length, PARALLEL);
    for (const { triggers } of tokens) assert.deepEqual(triggers, { release: stack.env.RELEASE });
    assert.deepEqual(sortedIds(workspace.tokens()), idsHeld(state));
    const found = await auditOf(stack);
    assert.equal(found.code, 0, JSON.stringify(found));
    assert.deepEqual([...ofKind(found, "managed"), ...ofKind(found, "retiring")].sort(), idsHeld(state));
    assert.equal(found.tokens.length, idsHeld(state).length);
  }
});
