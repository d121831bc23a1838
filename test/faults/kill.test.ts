import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { parseComment } from "../../provider/token/marker";
import { descendants, isRunning, kill, type Running, until } from "../engine/processes";
import { type Deployment, Stack } from "../engine/stack";
import { LocalWorkspace, type TokenRecord } from "../workspace";

const CREATE = "POST /api/2.0/token/create";
const NAMES = Array.from({ length: 10 }, (_, index) => `t${index}`);
const TEN_TOKENS = `
const { DatabricksToken } = require("pulumi-databricks-tokens");
for (const name of ${JSON.stringify(NAMES)}) new DatabricksToken(name, JSON.parse(process.env.ARGS));
`;
/** Real time that creations stay in flight: long enough that a busy machine has all of them there at the kill. */
const IN_FLIGHT_MS = 4_000;
/** Without a call for so long a plugin has nothing left to do. */
const QUIET_MS = 3_000;

/** What random.test.ts plays on a model, with real processes: the CLI, the plugin, SIGKILL. */
describe("faults: SIGKILL on the real engine", function () {
  this.timeout(600_000);
  let workspace: LocalWorkspace;
  let stack: Stack;
  let processes: Running[] = [];

  before(function () {
    // Whose child a process is, is read there.
    if (!existsSync("/proc/self/stat")) this.skip();
  });
  beforeEach(async () => {
    workspace = await LocalWorkspace.start();
    stack = await Stack.ofSource(workspace, TEN_TOKENS);
  });
  afterEach(async () => {
    for (const item of processes) kill(item);
    processes = [];
    const leaks = stack.leaks();
    stack.remove();
    await workspace.stop();
    assert.deepEqual(leaks, [], "places that hold a token in clear");
  });

  for (const who of ["cli", "plugin", "both"] as const) {
    const name = { cli: "the CLI", plugin: "the plugin", both: "CLI and plugin" }[who];
    it(`${name} killed amid creates, then amid rotations: the next up goes on, and what no state knows is accounted for`, async () => {
      release("1");
      await upAndKill(who);
      const cut = await stack.deployment();
      const stranded = strangersTo(cut);
      assert.ok(stranded.length > 0, "creates were in flight");
      accountFor(stranded, who, cut);

      await upAgain(who);
      const created = await stack.deployment();
      assert.deepEqual(namesOf(created), NAMES);
      assert.deepEqual(ids(strangersTo(created)), ids(stranded), "the next run leaves no more behind");

      release("2");
      await upAndKill(who);
      const cutAgain = await stack.deployment();
      const lost = strangersTo(cutAgain).filter((token) => !ids(stranded).includes(token.tokenId));
      assert.ok(lost.length > 0, "rotations were in flight");
      for (const token of lost) assert.ok(noncesIn(cutAgain).has(nonceOf(token)), "the nonce stands in the state");
      assertServed(created);

      const before = workspace.countCalls(CREATE);
      await upAgain(who);
      const rotated = await stack.deployment();
      const kept = tokensOf(cutAgain).filter((token) => token.tokenId !== idIn(created, token.name));
      assert.equal(workspace.countCalls(CREATE) - before, NAMES.length - kept.length, "nothing is minted twice");
      for (const token of kept) assert.equal(idIn(rotated, token.name), token.tokenId);
      for (const token of tokensOf(rotated)) {
        assert.notEqual(token.tokenId, idIn(created, token.name));
        assert.deepEqual(ids(token.retiring), [idIn(created, token.name)]);
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

  /**
   * Kills when of ten creations three are in the state, three are minted and not answered, two are minted and will be
   * answered 503, two are not yet minted. Returns when none is in flight any more.
   */
  async function upAndKill(who: "cli" | "plugin" | "both"): Promise<void> {
    const on = { method: "POST", path: "/api/2.0/token/create", skip: 3, delayMs: IN_FLIGHT_MS };
    workspace.faults.add({ ...on, kind: "slow", when: "after", times: 3 });
    workspace.faults.add({ ...on, kind: "server-error", when: "after", times: 2 });
    workspace.faults.add({ ...on, kind: "slow", when: "before", times: 2 });
    const calls = workspace.countCalls(CREATE);
    const minted = workspace.tokens({ all: true }).length;
    const run = stack.run("up", "--yes", "--skip-preview", "--parallel", String(NAMES.length));
    const saved = (): number => tokensOf(stack.checkpoint()).filter(({ args }) => args === stack.env.ARGS).length;
    await until(
      () => workspace.countCalls(CREATE) === calls + 10 && saved() === 3,
      "ten creations, three of them done",
    );

    const { pid } = stack;
    processes = descendants(pid);
    const plugin = processes.find(({ command }) => /^\S*node \S*dynamic-provider/.test(command));
    assert.ok(plugin, processes.map(({ command }) => command).join("\n"));
    if (who !== "plugin") process.kill(pid, "SIGKILL");
    if (who !== "cli") kill(plugin);
    assert.notEqual((await run).code, 0);

    await until(() => workspace.tokens({ all: true }).length === minted + 10, "the calls in flight to take effect");
    if (who === "cli") {
      // It answers nobody, and would do so for ever.
      const last = (): number => workspace.calls.at(-1)?.at ?? 0;
      await until(() => workspace.now() - last() > QUIET_MS, "the plugin that outlived its CLI to come to rest");
      kill(plugin);
    }
    await until(() => !isRunning(plugin), "the plugin's end");
    assert.equal(workspace.countCalls(CREATE), calls + 10, "nothing is minted after the kill");
    workspace.faults.clear();
    for (const item of processes) kill(item);
  }

  /** A killed CLI leaves its lock. */
  async function upAgain(who: "cli" | "plugin" | "both"): Promise<void> {
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
    const known = tokensOf(deployment).flatMap((token) => [token, ...token.retiring, ...token.candidates]);
    return workspace.tokens().filter(({ tokenId }) => !ids(known).includes(tokenId));
  }

  /** Whoever took a token at the last whole run still has a working one. */
  function assertServed(handedOut: Deployment): void {
    const alive = ids(workspace.tokens());
    for (const { name, tokenId } of tokensOf(handedOut)) assert.ok(alive.includes(tokenId), `${name} was cut off`);
  }
});

interface Kept {
  name: string;
  tokenId: string;
  /** The arguments that hold, as the environment gave them. */
  args: string;
  candidates: Array<{ tokenId: string }>;
  retiring: Array<{ tokenId: string }>;
}

function tokensOf({ resources }: Deployment): Kept[] {
  return resources
    .filter(({ type }) => type.endsWith("databricks:Token"))
    .map(({ urn, outputs }) => ({
      name: urn.split("::").at(-1)!,
      tokenId: String(outputs.tokenId),
      args: JSON.stringify({ triggers: outputs.triggers }),
      candidates: outputs.candidates as Kept["candidates"],
      retiring: outputs.retiring as Kept["retiring"],
    }));
}

const ids = (tokens: ReadonlyArray<{ tokenId: string }>): string[] => tokens.map(({ tokenId }) => tokenId).sort();
const nonceOf = ({ comment }: TokenRecord): string => parseComment(comment).nonce ?? "";
const namesOf = (deployment: Deployment): string[] =>
  tokensOf(deployment)
    .map(({ name }) => name)
    .sort();
const idIn = (deployment: Deployment, name: string): string | undefined =>
  tokensOf(deployment).find((token) => token.name === name)?.tokenId;

function noncesIn({ resources, pending }: Deployment): Set<string> {
  const all = [...resources, ...pending.map(({ resource }) => resource)];
  return new Set(all.flatMap(({ inputs, outputs }) => [inputs?.nonce, outputs?.nonce]).map(String));
}

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
