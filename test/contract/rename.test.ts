import assert from "node:assert/strict";
import { markComment, parseComment } from "../../provider/token/marker";
import type { Properties } from "../../provider/token/state";
import { LocalWorkspace, type TokenRecord } from "../workspace";
import { Provider, type Saved } from "./provider";

const DEV = { organization: "organization", project: "p", stack: "dev", name: "ci" };
const PROD = { ...DEV, stack: "prod" };
const LIST = "/api/2.0/token/list";

/** What the state says of a stack that was renamed, and what is lost under either name. */
describe("a token whose stack was renamed, over the provider's protocol", function () {
  this.timeout(60_000);
  let workspace: LocalWorkspace;
  let provider: Provider;
  let id: string;
  let outs: Properties;
  let inputs: Properties;

  beforeEach(async () => {
    workspace = await LocalWorkspace.start();
    provider = await signedIn(workspace.admin.token);
    ({ inputs } = await provider.check({}, { origin: DEV }));
    ({ id, outs } = await provider.create(inputs));
  });
  afterEach(async () => {
    provider.stop();
    await workspace.stop();
  });

  const signedIn = (token: string): Promise<Provider> =>
    Provider.start({ DATABRICKS_HOST: workspace.host, DATABRICKS_TOKEN: token });
  /** By another run: a process looks at its own list for a while. */
  async function destroyed(props: Properties): Promise<void> {
    const fresh = await signedIn(workspace.admin.token);
    await fresh.delete(id, props).finally(() => fresh.stop());
  }
  /** What a run that was killed amid a rotation left ten minutes ago: longer than an operation may take. */
  function lost(origin: typeof DEV, whose = workspace.admin): TokenRecord {
    const token = workspace.mint(whose, { comment: markComment("", origin, id), lifetimeSeconds: 90 * 86_400 });
    workspace.advance(600_000);
    return token;
  }
  const alive = (token: TokenRecord): boolean => workspace.isAlive(token.value);
  const markerOf = (tokenId: unknown): unknown =>
    parseComment(workspace.tokens().find((token) => token.tokenId === tokenId)!.comment).origin;

  for (const [title, change, marker] of [
    ["only written down", { rotateEverySeconds: 86_400 }, DEV],
    ["a PATCH", { comment: "for CI" }, PROD],
    ["a rotation", { triggers: { release: "2" } }, PROD],
  ] as const) {
    it(`${title}: what was lost under the old name is swept, and from then on the new one is looked for`, async () => {
      const before = lost(DEV);
      const { outs: after } = await provider.update(id, outs, { ...inputs, ...change, origin: PROD });
      assert.deepEqual([alive(before), after.origin, markerOf(after.tokenId)], [false, PROD, marker]);
      const next = lost(PROD);
      await destroyed(after);
      assert.deepEqual([alive(next), workspace.tokens().length], [false, 0]);
    });
  }

  it("asks the workspace nothing where nothing is renamed", async () => {
    workspace.calls.length = 0;
    const { outs: after } = await provider.update(id, outs, { ...inputs, rotateEverySeconds: 86_400 });
    assert.deepEqual([after.origin, after.rotateEverySeconds, workspace.calls], [DEV, 86_400, []]);
  });

  it("an update that can't look fails, and keeps the old inputs and the old name", async () => {
    const before = lost(DEV);
    workspace.faults.add({
      kind: "status",
      status: 400,
      path: LIST,
      body: { error_code: "BAD_REQUEST", message: "no" },
    });
    const saved: Saved = await provider.update(id, outs, { ...inputs, rotateEverySeconds: 86_400, origin: PROD }).then(
      () => assert.fail("must fail"),
      (error) => error,
    );
    assert.deepEqual([saved.properties?.origin, saved.properties?.rotateEverySeconds], [DEV, undefined]);
    await destroyed(saved.properties!);
    assert.deepEqual([alive(before), workspace.tokens().length], [false, 0]);
  });

  for (const change of [{ rotateEverySeconds: 86_400 }, { triggers: { release: "2" } }]) {
    it(`${Object.keys(change)}, by who can't see its owner's tokens: the old name stays until one can`, async () => {
      const before = lost(DEV);
      const stranger = await signedIn(workspace.addUser("ada@example.com", {}).token);
      const news = { ...inputs, ...change, origin: PROD };
      let after: Properties;
      try {
        ({ outs: after } = await stranger.update(id, outs, news));
        await stranger.told(/Tokens of admin@example\.com .* can't be searched for lost attempts/);
      } finally {
        stranger.stop();
      }
      assert.deepEqual([alive(before), after.origin], [true, DEV]);
      ({ outs: after } = await provider.update(id, after, { ...news, overlapSeconds: 3_600 }));
      assert.deepEqual([alive(before), after.origin], [false, PROD]);
    });
  }

  it("a creation of unknown outcome under the old name keeps that name until it is settled", async () => {
    const { id: user, userName } = workspace.admin;
    const minter = { id: String(user), userName };
    const unfinished = [{ code: "creation-unknown", since: workspace.now(), minter }];
    const news = { ...inputs, rotateEverySeconds: 86_400, origin: PROD };
    const { outs: waiting } = await provider.update(id, { ...outs, unfinished }, news);
    assert.deepEqual([waiting.origin, waiting.unfinished], [DEV, unfinished]);
    const late = lost(DEV);
    const { outs: settled } = await provider.update(id, waiting, news);
    assert.deepEqual([alive(late), settled.origin, settled.unfinished], [false, PROD, []]);
  });
});
