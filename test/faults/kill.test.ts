import assert from "node:assert/strict";
import { parseComment } from "../../provider/token/marker";
import { type Moment, upAndKill, type Who } from "../engine/cut-off";
import { type HeldToken, heldTokens, sortedIds as ids, idsHeld, nonceOf, noncesIn } from "../engine/held";
import { hasProcesses } from "../engine/processes";
import { type Deployment, Stack } from "../engine/stack";
import { LocalWorkspace, type TokenRecord } from "../workspace";

const CREATE = "POST /api/2.0/token/create";
const NAMES = Array.from({ length: 10 }, (_, index) => `t${index}`);
const TEN_TOKENS = `
const { DatabricksToken } = require("pulumi-databricks-tokens");
for (const name of ${JSON.stringify(NAMES)}) new DatabricksToken(name, JSON.parse(process.env.ARGS));
`;
/** Of ten creations. */
const MOMENT: Moment = { saved: 3, proving: 0, answering: 3, lost: 2, late: 2, never: 0 };

/** What random.test.ts plays on a model, with real processes: the CLI, the plugin, SIGKILL. */
describe("faults: SIGKILL on the real engine", function () {
  this.timeout(600_000);
  let workspace: LocalWorkspace;
  let stack: Stack;

  before(function () {
    if (!hasProcesses()) this.skip();
  });
  beforeEach(async () => {
    workspace = await LocalWorkspace.start();
    stack = await Stack.ofSource(workspace, TEN_TOKENS);
  });
  afterEach(async () => {
    const leaks = stack.leaks();
    stack.remove();
    await workspace.stop();
    assert.deepEqual(leaks, [], "places that hold a token in clear");
  });

  for (const who of ["cli", "plugin", "both"] as const) {
    const name = { cli: "the CLI", plugin: "the plugin", both: "CLI and plugin" }[who];
    it(`${name} killed amid creates, then amid rotations: the next up goes on, and what no state knows is accounted for`, async () => {
      release("1");
      await killUp(who);
      const cut = await stack.deployment();
      const stranded = strangersTo(cut);
      assert.ok(stranded.length > 0, "creates were in flight");
      accountFor(stranded, who, cut);

      await upAgain(who);
      const created = await stack.deployment();
      assert.deepEqual(namesOf(created), NAMES);
      assert.deepEqual(ids(strangersTo(created)), ids(stranded), "the next run leaves no more behind");

      release("2");
      await killUp(who);
      const cutAgain = await stack.deployment();
      const lost = strangersTo(cutAgain).filter((token) => !ids(stranded).includes(token.tokenId));
      assert.ok(lost.length > 0, "rotations were in flight");
      for (const token of lost) assert.ok(noncesIn(cutAgain).has(nonceOf(token)), "the nonce stands in the state");
      assertServed(created);

      // A younger one may be another run's, still under way.
      workspace.advance(600_000);
      const before = workspace.countCalls(CREATE);
      await upAgain(who);
      const rotated = await stack.deployment();
      const kept = heldTokens(cutAgain).filter(({ name, current }) => current !== idIn(created, name));
      assert.equal(workspace.countCalls(CREATE) - before, NAMES.length - kept.length, "nothing is minted twice");
      for (const { name, current } of kept) assert.equal(idIn(rotated, name), current);
      for (const { name, current, retiring } of heldTokens(rotated)) {
        assert.notEqual(current, idIn(created, name));
        assert.deepEqual(retiring, [idIn(created, name)]);
      }
      assertServed(created);
      assert.deepEqual(ids(strangersTo(rotated)), ids(stranded), "what lost rotations made is revoked");

      await stack.destroy();
      assert.deepEqual(ids(workspace.tokens()), ids(stranded), "only those that a kill cut off before they were known");
    });
  }

  function release(version: string): void {
    stack.env.ARGS = JSON.stringify({ triggers: { release: version } });
  }

  async function killUp(who: Who): Promise<void> {
    const minted = workspace.tokens({ all: true }).length;
    const isSaved = ({ triggers }: HeldToken): boolean => JSON.stringify({ triggers }) === stack.env.ARGS;
    await upAndKill(stack, who, MOMENT, () => heldTokens(stack.checkpoint()).filter(isSaved).length);
    assert.equal(workspace.tokens({ all: true }).length, minted + NAMES.length);
  }

  /** A killed CLI leaves its lock. */
  async function upAgain(who: Who): Promise<void> {
    if (who !== "plugin") {
      const { code, text } = await stack.run("up", "--yes", "--skip-preview");
      assert.notEqual(code, 0);
      assert.match(text, /pulumi cancel/);
      await stack.must("cancel", "--yes");
    }
    await stack.up();
  }

  /** Living tokens that the state doesn't have. */
  function strangersTo(deployment: Deployment): TokenRecord[] {
    const known = idsHeld(deployment);
    return workspace.tokens().filter(({ tokenId }) => !known.includes(tokenId));
  }

  /** Whoever took a token at the last whole run still has a working one. */
  function assertServed(handedOut: Deployment): void {
    const alive = ids(workspace.tokens());
    for (const { name, current } of heldTokens(handedOut)) assert.ok(alive.includes(current!), `${name} was cut off`);
  }
});

const namesOf = (deployment: Deployment): string[] =>
  heldTokens(deployment)
    .map(({ name }) => name)
    .sort();
const idIn = (deployment: Deployment, name: string): string | undefined =>
  heldTokens(deployment).find((token) => token.name === name)?.current;

/** After the CLI's end the state names them by their nonce; after the plugin's alone, their marker names the stack. */
function accountFor(tokens: readonly TokenRecord[], who: string, deployment: Deployment): void {
  for (const token of tokens) {
    const { origin, nonce } = parseComment(token.comment);
    assert.deepEqual(
      { ...origin, name: "" },
      { organization: "organization", project: "engine-test", stack: "dev", name: "" },
    );
    assert.ok(NAMES.includes(origin!.name));
    if (who !== "plugin") assert.ok(noncesIn(deployment).has(nonce!), `${origin!.name} stands nowhere`);
  }
  if (who === "plugin") assert.deepEqual(deployment.pending, []);
}
