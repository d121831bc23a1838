import assert from "node:assert/strict";
import { markComment, parseComment } from "../../provider/token/marker";
import { LocalWorkspace, type TokenRecord } from "../workspace";
import { auditOf, ofKind, withOutcome } from "./auditing";
import { heldTokens, idsHeld, sortedIds } from "./held";
import { Stack } from "./stack";

const PROGRAM = `
const { DatabricksToken } = require("pulumi-databricks-tokens");
const args = JSON.parse(process.env.ARGS || "{}");
for (const name of ["ci", "cd"]) new DatabricksToken(name, args);
`;
const DEV = { organization: "organization", project: "engine-test", stack: "dev" };
/** Longer than the longest operation: what is that old is in flight no more. */
const LATER_MS = 10 * 60_000;

describe("databricks-tokens audit, of stacks that share a name", function () {
  this.timeout(300_000);
  let workspace: LocalWorkspace;
  let stacks: Stack[];

  beforeEach(async () => {
    workspace = await LocalWorkspace.start();
    stacks = [];
  });
  afterEach(async () => {
    const leaks = stacks.flatMap((stack) => stack.leaks());
    for (const stack of stacks) stack.remove();
    await workspace.stop();
    assert.deepEqual(leaks, []);
  });

  async function started(): Promise<Stack> {
    const stack = await Stack.ofSource(workspace, PROGRAM);
    stacks.push(stack);
    await stack.up();
    return stack;
  }
  const rotate = (stack: Stack, release: string): Promise<string> => {
    stack.env.ARGS = JSON.stringify({ triggers: { release } });
    return stack.up();
  };
  /** What a run that was killed amid a rotation leaves. */
  async function lostBy(stack: Stack, named = DEV): Promise<TokenRecord> {
    const { name, nonce } = heldTokens(await stack.deployment())[0]!;
    return workspace.mint(workspace.admin, {
      comment: markComment("", { ...named, name }, nonce),
      lifetimeSeconds: 90 * 86_400,
    });
  }
  const alive = (): string[] => sortedIds(workspace.tokens());
  const ids = (...lists: string[][]): string[] => lists.flat().sort();
  const stacksInMarkers = (tokenIds: readonly string[]): string[] =>
    workspace
      .tokens()
      .filter(({ tokenId }) => tokenIds.includes(tokenId))
      .map(({ comment }) => parseComment(comment).origin!.stack);

  it("two backends: neither's audit nor its runs ever touch the other's tokens", async () => {
    const [a, b] = [await started(), await started()];
    for (const stack of [a, b]) await rotate(stack, "2");
    const all = async (stack: Stack, lost: TokenRecord): Promise<string[]> =>
      ids(idsHeld(await stack.deployment()), [lost.tokenId]);

    for (const [mine, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const [lost, theirLost] = [await lostBy(mine), await lostBy(other)];
      const [held, theirs] = [idsHeld(await mine.deployment()), await all(other, theirLost)];
      assert.ok(held.length >= 4 && theirs.length >= 5, "current and retiring ones");
      const found = await auditOf(mine);
      assert.deepEqual(
        [found.code, ofKind(found, "orphan"), ofKind(found, "unclaimed")],
        [2, [lost.tokenId], theirs],
        "what is the other's is never this one's",
      );
      assert.deepEqual(ids(ofKind(found, "managed"), ofKind(found, "retiring")), held);

      workspace.advance(LATER_MS);
      const done = await auditOf(mine, ["--revoke-orphans", "--yes"]);
      assert.deepEqual([done.code, withOutcome(done, "revoked"), done.revocation.length], [2, [lost.tokenId], 1]);
      assert.deepEqual(alive(), ids(held, theirs));
      const ignoring = await auditOf(mine, ["--ignore-unclaimed"]);
      assert.deepEqual([ignoring.code, ofKind(ignoring, "unclaimed")], [0, theirs]);

      // The runs sweep lost attempts by themselves: theirs stays.
      await lostBy(mine);
      await rotate(mine, "3");
      await mine.refresh();
      await mine.up();
      assert.deepEqual(alive(), ids(idsHeld(await mine.deployment()), theirs), "their own lost attempt is swept");
      workspace.revoke(theirLost.tokenId);
    }

    const theirLost = await lostBy(b);
    const theirs = await all(b, theirLost);
    await lostBy(a);
    await a.destroy();
    assert.deepEqual(alive(), theirs);
    const emptied = await auditOf(a);
    assert.deepEqual([emptied.code, ofKind(emptied, "unclaimed")], [2, theirs], "an empty stack keeps its name");
    await b.destroy();
    assert.deepEqual(alive(), []);
  });

  it("renamed: it keeps its tokens, a lost attempt of the old name too, and the markers follow", async () => {
    const stack = await started();
    await rotate(stack, "2");
    await stack.must("stack", "rename", "prod");
    const held = idsHeld(await stack.deployment());
    const lost = await lostBy(stack);
    const found = await auditOf(stack, [], "prod");
    assert.deepEqual([found.code, ofKind(found, "orphan"), found.tokens.length], [2, [lost.tokenId], 5]);
    assert.deepEqual([ofKind(found, "managed").length, ofKind(found, "retiring").length], [2, 2]);
    assert.deepEqual(ids(ofKind(found, "managed"), ofKind(found, "retiring")), held);
    assert.deepEqual(new Set(stacksInMarkers(held)), new Set(["dev"]));

    await stack.up();
    assert.deepEqual(ids(idsHeld(await stack.deployment())), held, "a stale marker is no change");
    workspace.advance(LATER_MS);
    const done = await auditOf(stack, ["--revoke-orphans", "--yes"], "prod");
    assert.deepEqual([done.code, withOutcome(done, "revoked")], [0, [lost.tokenId]]);
    assert.deepEqual(alive(), held);

    // The first run under the new name finds what the last one under the old name has lost.
    await lostBy(stack);
    workspace.advance(LATER_MS);
    await rotate(stack, "3");
    const tokens = heldTokens(await stack.deployment());
    assert.deepEqual(alive(), ids(idsHeld(await stack.deployment())), "the lost attempt is swept");
    const current = tokens.map((token) => token.current!);
    assert.deepEqual(new Set(stacksInMarkers(current)), new Set(["prod"]), "a rotation writes the new name");
    assert.deepEqual(new Set(stacksInMarkers(tokens.flatMap(({ retiring }) => [...retiring]))), new Set(["dev"]));
    const after = await auditOf(stack, [], "prod");
    assert.deepEqual([after.code, ofKind(after, "managed"), ofKind(after, "retiring").length], [0, current.sort(), 4]);
    const lostNow = await lostBy(stack, { ...DEV, stack: "prod" });
    assert.deepEqual(ofKind(await auditOf(stack, [], "prod"), "orphan"), [lostNow.tokenId]);
    workspace.advance(LATER_MS);
    await stack.destroy();
    assert.deepEqual(alive(), []);
  });

  it("renamed, then changed without a rotation: a lost attempt of neither name is forgotten", async () => {
    const stack = await started();
    await stack.must("stack", "rename", "prod");
    const held = idsHeld(await stack.deployment());
    const lost = await lostBy(stack);
    assert.deepEqual(ofKind(await auditOf(stack, [], "prod"), "orphan"), [lost.tokenId]);
    // Is only written down: the markers keep the old name, and the state has the new one.
    stack.env.ARGS = JSON.stringify({ rotateEverySeconds: 40 * 86_400 });
    workspace.advance(LATER_MS);
    await stack.up();
    assert.deepEqual(new Set(stacksInMarkers(held)), new Set(["dev"]));
    assert.deepEqual(alive(), held, "what was lost under the old name is swept");
    assert.equal((await auditOf(stack, [], "prod")).code, 0);
    // A rotation that is killed is lost under the new name.
    const lostNow = await lostBy(stack, { ...DEV, stack: "prod" });
    assert.deepEqual(ofKind(await auditOf(stack, [], "prod"), "orphan"), [lostNow.tokenId]);
    workspace.advance(LATER_MS);
    await stack.destroy();
    assert.deepEqual(alive(), []);
  });

  it("renamed, and another one takes the old name: neither offers the other's as its own", async () => {
    const stack = await started();
    await stack.must("stack", "rename", "prod");
    const renamed = idsHeld(await stack.deployment());
    await stack.must("stack", "init", "dev");
    await stack.up();
    const young = idsHeld(await stack.deployment());
    assert.equal(new Set([...renamed, ...young]).size, 4);
    const youngLost = await lostBy(stack);
    await stack.must("stack", "select", "prod");
    const renamedLost = await lostBy(stack);
    workspace.advance(LATER_MS);

    for (const [name, mine, lost, others] of [
      ["prod", renamed, renamedLost, ids(young, [youngLost.tokenId])],
      ["dev", young, youngLost, renamed],
    ] as const) {
      const found = await auditOf(stack, [], name);
      assert.deepEqual([found.code, ofKind(found, "managed")], [2, mine]);
      assert.deepEqual([ofKind(found, "orphan"), ofKind(found, "unclaimed")], [[lost.tokenId], others]);
      const done = await auditOf(stack, ["--revoke-orphans", "--yes"], name);
      assert.deepEqual([withOutcome(done, "revoked"), done.revocation.length], [[lost.tokenId], 1]);
      assert.deepEqual(alive(), ids(mine, others));
    }
    await rotate(stack, "2");
    const rotated = idsHeld(await stack.deployment());
    assert.deepEqual(alive(), ids(rotated, young));
    await stack.must("stack", "select", "dev");
    await stack.destroy();
    assert.deepEqual(alive(), rotated);
    await stack.must("stack", "select", "prod");
    await stack.destroy();
    assert.deepEqual(alive(), []);
  });
});
