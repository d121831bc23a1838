import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { markComment } from "../../provider/token/marker";
import { LocalWorkspace, type TokenRecord } from "../workspace";
import { auditOf, ofKind, withOutcome } from "./auditing";
import { sortedIds } from "./held";
import { until } from "./processes";
import { type Exported, ONE_TOKEN, Stack } from "./stack";
import { hasTerminal, inTerminal } from "./terminal";

const ORIGIN = { organization: "organization", project: "engine-test", stack: "dev", name: "ci" };
const LIST = { method: "GET", path: "/api/2.0/token-management/tokens" };
const REVOKE = { method: "DELETE", path: /^\/api\/2\.0\/token-management\/tokens\/./ };
const UNASKED = ["--revoke-orphans", "--yes"];
const HELD = /A Pulumi run holds the lock of stack organization\/engine-test\/dev: nothing is revoked meanwhile/;
const DAY_MS = 86_400_000;

/** A run begins, or ends, at each moment at which a revocation could miss it. */
describe("databricks-tokens audit --revoke-orphans, and a run that comes in between", function () {
  this.timeout(180_000);
  let workspace: LocalWorkspace;
  let stack: Stack;
  let orphans: TokenRecord[];

  beforeEach(async () => {
    workspace = await LocalWorkspace.start();
    stack = await Stack.ofSource(workspace, ONE_TOKEN);
    await stack.up();
    const comment = markComment("", ORIGIN, (await stack.token()).id!);
    const lost = (): TokenRecord => workspace.mint(workspace.admin, { comment, lifetimeSeconds: 90 * 86_400 });
    orphans = [lost(), lost()];
    // What is younger may be in flight.
    workspace.advance(10 * 60_000);
  });
  afterEach(async () => {
    const leaks = stack.leaks();
    stack.remove();
    await workspace.stop();
    assert.deepEqual(leaks, []);
  });

  const alive = (): TokenRecord[] => orphans.filter(({ value }) => workspace.isAlive(value));
  const revocations = (): number => workspace.calls.filter(({ method }) => method === REVOKE.method).length;

  /** As a run does that begins. */
  function lock(): void {
    const folder = join(stack.backend, ".pulumi", "locks", "organization", ORIGIN.project, ORIGIN.stack);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "x.json"), "{}");
  }

  /** As a run does that ends: the state has the tokens. */
  async function save(): Promise<void> {
    const before = stack.printed;
    const state = JSON.parse(await stack.must("stack", "export", "--show-secrets"));
    stack.printed = before;
    const { outputs } = (state.deployment.resources as Exported[]).find(({ type }) => type.endsWith(":Token"))!;
    const retiring = outputs["retiring"] as { plaintext: string };
    const records = orphans.map(({ tokenId, value, creationTime, expiryTime }) => ({
      ...{ tokenId, tokenValue: value, creationTime, expiryTime },
      revokeAfter: workspace.now() + DAY_MS,
    }));
    retiring.plaintext = JSON.stringify(records);
    const file = join(stack.home, "state.json");
    writeFileSync(file, JSON.stringify(state), { mode: 0o600 });
    await stack.must("stack", "import", "--file", file);
    rmSync(file);
  }

  /** Audits, and acts while the first such call is held. */
  async function auditedWhile(call: object, act: () => unknown) {
    const { promise, resolve } = Promise.withResolvers<void>();
    const standing = workspace.faults.add({ kind: "slow", until: promise, ...call });
    const acting = until(() => standing.hits > 0, "the call")
      .then(act)
      .finally(resolve);
    const [found] = await Promise.all([auditOf(stack, UNASKED), acting]);
    return found;
  }

  it("one that begins while the workspace is listed: nothing is revoked", async () => {
    const found = await auditedWhile(LIST, lock);
    assert.deepEqual([found.code, found.problems[0]?.code, found.revocation], [3, "RUN_UNDER_WAY", []]);
    assert.deepEqual([alive(), revocations()], [orphans, 0]);
  });

  it("one that ends while the workspace is listed: what it has saved is no orphan", async () => {
    const found = await auditedWhile(LIST, save);
    assert.deepEqual([found.problems, found.revocation, revocations()], [[], [], 0]);
    assert.deepEqual(ofKind(found, "retiring"), sortedIds(orphans));
    assert.deepEqual(alive(), orphans);
  });

  it("one that begins between two tokens: the second is left alive, and said to be", async () => {
    const found = await auditedWhile({ ...REVOKE, when: "after" }, lock);
    const [left] = alive();
    assert.deepEqual([found.code, alive().length, revocations()], [3, 1, 1]);
    assert.deepEqual(withOutcome(found, "failed"), [left!.tokenId]);
    assert.deepEqual(withOutcome(found, "revoked"), sortedIds(orphans.filter((token) => token !== left)));
    assert.match(found.revocation.find(({ outcome }) => outcome === "failed")!.reason, HELD);
  });

  describe("while it asks, in a terminal", () => {
    before(function () {
      if (!hasTerminal()) {
        console.log("    not run: no Python with pty here");
        this.skip();
      }
    });

    const asked = (meanwhile: () => unknown) =>
      inTerminal(["audit", "--stack", "dev", "--dir", stack.folder, "--revoke-orphans"], {
        ...{ columns: 100, cwd: stack.home, env: stack.env, meanwhile },
        answers: [["Type yes: ", "yes\n"]],
      });

    it("one that begins: nothing is revoked", async () => {
      const { code, screen } = await asked(lock);
      assert.match(screen, /Revoke 2 token\(s\)\? Type yes: yes\s+error: .*\[RUN_UNDER_WAY\]/);
      assert.deepEqual([code, alive(), revocations()], [3, orphans, 0]);
    });

    it("one that ends: what it has saved is no orphan", async () => {
      const { code, screen } = await asked(save);
      assert.match(screen, /Revoke 2 token\(s\)\? Type yes: yes\s/);
      assert.doesNotMatch(screen, /^(?:revoked|failed|error)/m);
      assert.deepEqual([code, alive(), revocations()], [0, orphans, 0]);
    });
  });
});
