import assert from "node:assert/strict";
import { parseComment } from "../../provider/token/marker";
import { LocalWorkspace, type TokenRecord } from "../workspace";
import { Packed } from "./package";
import { descendants, isRunning, kill, until } from "./processes";
import { ONE_TOKEN, Stack } from "./stack";

const CREATE = "POST /api/2.0/token/create";
const DELETE = "POST /api/2.0/token/delete";
const LONGER_THAN_AN_OPERATION_MS = 600_000;
const USE = "GET /api/2.0/clusters/list";
const TOKEN = "urn:pulumi:dev::engine-test::pulumi-nodejs:dynamic/databricks:Token::ci";
const CONSUMER = "urn:pulumi:dev::engine-test::pulumi-nodejs:dynamic:Resource::consumer";

/** A token and a resource that depends on it, whose create and update sign in with what they are given. */
const TOKEN_AND_CONSUMER = `
const pulumi = require("@pulumi/pulumi");
const { DatabricksToken } = require("pulumi-databricks-tokens");
const { args, opts } = JSON.parse(process.env.PROGRAM);
const ci = new DatabricksToken("ci", args, opts);
const use = async ({ host, token }) => {
  if (process.env.CONSUMER_FAILS) throw new Error("the consumer fails");
  const { status } = await fetch(host + "/api/2.0/clusters/list", { headers: { authorization: "Bearer " + token } });
  if (status !== 200) throw new Error("the consumer was refused: " + status);
};
const consumer = {
  create: async (inputs) => { await use(inputs); return { id: "consumer", outs: inputs }; },
  update: async (_id, _olds, news) => { await use(news); return { outs: news }; },
};
class Consumer extends pulumi.dynamic.Resource {}
new Consumer(consumer, "consumer", { host: ci.host, token: ci.tokenValue });
module.exports = { token: ci.tokenValue };
`;

describe("options and events of a run, on the real engine", function () {
  this.timeout(300_000);
  let workspace: LocalWorkspace;
  let stack: Stack;

  beforeEach(async () => {
    workspace = await LocalWorkspace.start();
  });
  afterEach(async () => {
    const leaks = stack?.leaks() ?? [];
    stack?.remove();
    await workspace.stop();
    assert.deepEqual(leaks, [], "places that hold a token in clear");
  });

  for (const flags of [
    ["--logflow", "--logtostderr", "-v=5"],
    ["--tracing", "file:trace"],
  ]) {
    it(`${flags.join(" ")}: nothing is minted once the CLI is gone`, async () => {
      stack = await Stack.ofSource(workspace, ONE_TOKEN);
      const me = "/api/2.0/preview/scim/v2/Me";
      let release = (): void => undefined;
      const held = new Promise<void>((done) => {
        release = done;
      });
      workspace.faults.add({ method: "GET", path: me, kind: "slow", until: held });
      const run = stack.run("up", "--yes", "--skip-preview", ...flags);
      await until(() => workspace.countCalls(`GET ${me}`) > 0, "the question who signs in");
      const children = descendants(stack.pid);
      process.kill(stack.pid, "SIGKILL");
      await run;
      release();
      // What it does next takes it milliseconds.
      await new Promise((done) => setTimeout(done, 2_000));
      for (const child of children) kill(child);
      assert.equal(workspace.countCalls(CREATE), 0);
    });
  }

  describe("with a dependent", () => {
    beforeEach(async () => {
      stack = await Stack.ofSource(workspace, TOKEN_AND_CONSUMER);
      program({});
    });

    it("a dependent that fails in a rotation keeps its old token; the next up goes on and mints nothing twice", async () => {
      await stack.up();
      const [old] = workspace.tokens();
      assert.deepEqual(uses(), [old?.tokenId]);

      program({ triggers: { release: "2" } });
      stack.env.CONSUMER_FAILS = "yes";
      await fails("up");
      const [, now] = workspace.tokens();
      await fails("up");
      assert.deepEqual(ids(), [old?.tokenId, now?.tokenId], "both live, nothing is minted twice");
      delete stack.env.CONSUMER_FAILS;
      await stack.up();
      assert.deepEqual(uses(), [old?.tokenId, now?.tokenId]);
      assert.deepEqual(ids(), [old?.tokenId, now?.tokenId], "the overlap is not over");

      workspace.calls.length = 0;
      assert.match(await stack.up(), /3 unchanged/, "a second up changes nothing");
      assert.equal(workspace.calls.length, 0);
      assert.match(await stack.up("--refresh"), /3 unchanged/);
      assert.equal(workspace.countCalls(CREATE), 0);

      workspace.revoke(now?.tokenId ?? "");
      await stack.up("--refresh");
      const [, healed] = workspace.tokens();
      assert.deepEqual(ids(), [old?.tokenId, healed?.tokenId], "what was revoked elsewhere is rotated in the same run");
      assert.deepEqual(uses(), [healed?.tokenId]);
      await stack.destroy();
      assert.deepEqual(ids(), []);
    });

    it("--replace and replacementTrigger cut at once, but only after the dependents have the new token", async () => {
      program({}, { replacementTrigger: "1" });
      await stack.up();
      const replacedBy = async (run: () => Promise<unknown>): Promise<void> => {
        const [old] = workspace.tokens();
        workspace.calls.length = 0;
        await run();
        const [now, ...more] = workspace.tokens();
        assert.deepEqual(more, []);
        assert.notEqual(now?.tokenId, old?.tokenId);
        assert.deepEqual(uses(), [now?.tokenId]);
        const order = workspace.calls.map((call) => `${call.method} ${call.path}`);
        assert.deepEqual(
          order.filter((call) => [CREATE, USE, DELETE].includes(call)),
          [CREATE, USE, DELETE],
        );
      };
      await replacedBy(() => stack.up("--replace", TOKEN));
      program({}, { replacementTrigger: "2" });
      await replacedBy(() => stack.up());
      assert.match(await stack.up(), /3 unchanged/);

      stack.env.CONSUMER_FAILS = "yes";
      const [old] = workspace.tokens();
      await fails("up", "--replace", TOKEN);
      const [, now] = workspace.tokens();
      assert.deepEqual(ids(), [old?.tokenId, now?.tokenId], "the old one lives while its dependent can't change over");
      await fails("up");
      assert.deepEqual(ids(), [old?.tokenId, now?.tokenId], "so in the next run, if it fails again");
      delete stack.env.CONSUMER_FAILS;
      workspace.calls.length = 0;
      await stack.up();
      assert.deepEqual(ids(), [now?.tokenId]);
      assert.deepEqual(uses(), [now?.tokenId]);
      const order = workspace.calls.map((call) => `${call.method} ${call.path}`);
      assert.ok(order.indexOf(USE) < order.indexOf(DELETE), order.join("\n"));
      await stack.destroy();
      assert.deepEqual(ids(), []);
    });

    it("--target of a dependent never hands it a token that is not proved", async () => {
      stack.env.DATABRICKS_OPERATION_TIMEOUT_SECONDS = "3";
      workspace.settings.tokensWorkAfterMs = HOUR;
      await fails("up");
      const [first] = workspace.tokens();
      await fails("up", "--target", CONSUMER);
      assert.deepEqual(attempts().filter(Boolean), [], "it was given none");
      workspace.calls.length = 0;
      workspace.advance(HOUR);
      await stack.up();
      assert.deepEqual(uses(), [first?.tokenId]);

      program({ triggers: { release: "2" } });
      await fails("up");
      const [, second] = workspace.tokens();
      await stack.up("--target", CONSUMER);
      assert.deepEqual(attempts(), [first?.tokenId], "it keeps the one it has");
      assert.equal((await stack.outputs()).token, first?.value);
      workspace.advance(HOUR);
      await stack.up();
      assert.deepEqual(uses(), [first?.tokenId, second?.tokenId]);
      assert.equal(workspace.countCalls(CREATE), 1, "the candidate was not minted anew");
      await stack.destroy();
      assert.deepEqual(ids(), []);
    });

    it("one Ctrl-C lets the mint in flight end and saves it; two cut it off, its nonce in the state, and the next up goes on", async () => {
      const [cut] = await interrupted(2);
      const { pending, resources } = await stack.deployment();
      assert.deepEqual(
        pending.map(({ type, resource }) => [type, resource.inputs.nonce]),
        [["creating", parseComment(cut?.comment ?? "").nonce]],
      );
      assert.ok(!resources.some(({ urn }) => urn === TOKEN));
      await stack.up();
      const [, first] = workspace.tokens();
      assert.deepEqual(ids(), [cut?.tokenId, first?.tokenId]);

      program({ triggers: { release: "2" } });
      const [, , second] = await interrupted(1);
      assert.deepEqual((await stack.token()).outputs.tokenId, second?.tokenId);
      assert.deepEqual(uses(), [first?.tokenId], "its dependent was not begun");
      await stack.up();
      assert.deepEqual(ids(), [cut?.tokenId, first?.tokenId, second?.tokenId], "minted once");
      assert.deepEqual(uses(), [first?.tokenId, second?.tokenId]);

      program({ triggers: { release: "3" } });
      const [, , , lost] = await interrupted(2);
      assert.ok(lost);
      assert.equal((await stack.token()).outputs.tokenId, second?.tokenId, "the answer came too late");
      // A younger one may be another run's, still under way.
      workspace.advance(LONGER_THAN_AN_OPERATION_MS);
      await stack.up();
      const [, , , third] = workspace.tokens();
      assert.notEqual(third?.tokenId, lost.tokenId);
      assert.deepEqual(
        ids(),
        [cut, first, second, third].map((token) => token?.tokenId),
        "the next up revokes what the cut one minted, and nothing that is in use",
      );
      assert.equal(uses().at(-1), third?.tokenId);

      program({ triggers: { release: "4" } });
      assert.equal((await interrupted(2)).length, 5);
      workspace.advance(LONGER_THAN_AN_OPERATION_MS);
      await stack.destroy();
      assert.deepEqual(ids(), [cut?.tokenId], "the one that was cut off before it was known");
    });

    /** An `up` with Ctrl-C once its creation is minted and not answered; the tokens alive when all has ended. */
    async function interrupted(times: 1 | 2): Promise<TokenRecord[]> {
      const calls = workspace.countCalls(CREATE);
      const fault = {
        method: "POST",
        path: "/api/2.0/token/create",
        kind: "slow",
        when: "after",
        delayMs: 5_000,
      } as const;
      workspace.faults.add(fault);
      const run = stack.run("up", "--yes", "--skip-preview");
      await until(() => workspace.countCalls(CREATE) > calls, "the creation");
      const processes = descendants(stack.pid);
      stack.interrupt();
      await until(() => /[Cc]ancel/.test(stack.said), "the CLI to take notice");
      if (times === 2) stack.interrupt();
      assert.notEqual((await run).code, 0);
      await until(() => !processes.some(isRunning), "the end of what the CLI started");
      return workspace.tokens();
    }
  });

  it("ignoreChanges holds for updates and rotations, and is lost when the token is replaced", async () => {
    stack = await Stack.ofSource(workspace, TOKEN_AND_CONSUMER);
    const opts = { ignoreChanges: ["comment"] };
    program({ comment: "a" }, opts);
    await stack.up();
    program({ comment: "b" }, opts);
    assert.match(await stack.up(), /3 unchanged/);
    program({ comment: "b", triggers: { release: "2" } }, opts);
    await stack.up();
    assert.deepEqual(comments(), ["a", "a"]);
    await stack.up("--replace", TOKEN);
    assert.deepEqual(comments(), ["b"]);
    await stack.destroy();
  });

  it("retainOnDelete: destroy drops the token from the state and leaves it alive", async () => {
    stack = await Stack.ofSource(workspace, TOKEN_AND_CONSUMER);
    program({}, { retainOnDelete: true });
    await stack.up();
    const [token] = workspace.tokens();
    await stack.destroy();
    assert.deepEqual(ids(), [token?.tokenId]);
    assert.equal(workspace.countCalls(DELETE), 0);
    assert.deepEqual((await stack.deployment()).resources, []);
  });

  it("a token that is not proved stays unfinished through refresh, up --refresh and an upgrade, until an up proves it", async () => {
    const packed = await Packed.pack();
    try {
      const place = packed.project("upgraded", ONE_TOKEN);
      await packed.install(place, "0.0.9");
      stack = await Stack.of(workspace, place);
      stack.env.DATABRICKS_OPERATION_TIMEOUT_SECONDS = "3";
      workspace.settings.tokensWorkAfterMs = HOUR;
      await fails("up");
      const stays = async (): Promise<void> => {
        const { resources } = await stack.deployment();
        const { outputs } = resources.find(({ type }) => type.endsWith("databricks:Token"))!;
        assert.deepEqual(
          (outputs.unfinished as Array<{ code: string }>).map(({ code }) => code),
          ["not-proved"],
        );
        assert.equal(outputs.tokenValue, undefined);
        const candidates = outputs.candidates as TokenRecord[];
        assert.deepEqual(
          candidates.map(({ tokenId }) => tokenId),
          ids(),
        );
        assert.equal(candidates.length, 1);
      };
      await stays();
      await stack.refresh();
      await stays();
      await packed.install(place);
      await fails("up", "--refresh");
      await stays();
      await stack.refresh();
      await stays();
      const [candidate] = workspace.tokens();
      workspace.advance(HOUR);
      await stack.up();
      assert.equal((await stack.outputs()).token, candidate?.value);
      assert.deepEqual((await stack.token()).outputs.unfinished, []);
      assert.deepEqual(ids(), [candidate?.tokenId]);
      await stack.destroy();
      assert.deepEqual(ids(), []);
    } finally {
      packed.remove();
    }
  });

  function program(args: object, opts: object = {}): void {
    stack.env.PROGRAM = JSON.stringify({ args, opts });
  }

  async function fails(command: string, ...args: string[]): Promise<void> {
    const { code } = await stack.run(command, "--yes", "--skip-preview", ...args);
    assert.notEqual(code, 0, `${command} ${args.join(" ")} was to fail`);
  }

  const ids = (): Array<string | undefined> => workspace.tokens().map((token) => token.tokenId);
  const comments = (): string[] => workspace.tokens().map((token) => token.comment.replace(/ \[pulumi .*/, ""));
  /** Ids of the tokens that the consumer showed, let in or not. */
  const attempts = (): Array<string | undefined> =>
    workspace.calls.filter((call) => `${call.method} ${call.path}` === USE).map((call) => call.signedInWith);
  /** The same, each of them let in. */
  const uses = (): Array<string | undefined> => {
    const calls = workspace.calls.filter((call) => `${call.method} ${call.path}` === USE);
    for (const call of calls) assert.equal(call.status, 200);
    return calls.map((call) => call.signedInWith);
  };
});

const HOUR = 3_600_000;
