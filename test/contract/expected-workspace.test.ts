import assert from "node:assert/strict";
import { LocalWorkspace } from "../workspace";
import { Provider } from "./provider";

const ORIGIN = { organization: "organization", project: "p", stack: "dev", name: "ci" };
const CREATE = "POST /api/2.0/token/create";
const DELETE = "POST /api/2.0/token/delete";

describe("the workspace's id beside its address, over the provider's protocol", () => {
  let workspace: LocalWorkspace;

  beforeEach(async () => {
    workspace = await LocalWorkspace.start({ orgId: "7001" });
  });
  afterEach(() => workspace.stop());

  async function withProvider(
    env: Record<string, string>,
    run: (provider: Provider) => Promise<void>,
    config: Record<string, string> = {},
  ): Promise<void> {
    const provider = await Provider.start({ DATABRICKS_TOKEN: workspace.admin.token, ...env }, config);
    try {
      await run(provider);
    } finally {
      provider.stop();
    }
  }

  for (const [title, id, fits] of [
    ["fits", "7001", true],
    ["is another one", "7002", false],
    ["is no number", "my-workspace", false],
  ] as const) {
    for (const [where, env, config, args] of [
      ["?o= of workspace.host", {}, {}, () => ({ workspace: { host: `${workspace.host}/?o=${id}#setting` } })],
      ["?o= of DATABRICKS_HOST", () => ({ DATABRICKS_HOST: `${workspace.host}?o=${id}` }), {}, () => ({})],
      [
        "DATABRICKS_WORKSPACE_ID",
        () => ({ DATABRICKS_HOST: workspace.host, DATABRICKS_WORKSPACE_ID: id }),
        {},
        () => ({}),
      ],
      [
        "databricks:workspaceId",
        () => ({ DATABRICKS_HOST: workspace.host }),
        { "databricks:workspaceId": id },
        () => ({}),
      ],
    ] as const) {
      it(`${where} ${title}: ${fits ? "a token is minted and revoked" : "nothing is minted or revoked"}`, async () => {
        await withProvider(
          typeof env === "function" ? env() : env,
          async (provider) => {
            const { inputs, failures } = await provider.check({}, { origin: ORIGIN, ...args() });
            assert.deepEqual(failures, []);
            if (fits) {
              const { id: nonce, outs } = await provider.create(inputs);
              await provider.delete(nonce, outs);
              assert.equal(workspace.tokens().length, 0);
              return;
            }
            await assert.rejects(provider.create(inputs), /WRONG_WORKSPACE/);
            assert.equal(workspace.countCalls(CREATE), 0);
          },
          config,
        );
      });
    }
  }

  it("a token of the state is not revoked where the address now leads elsewhere", async () => {
    let saved: { id: string; outs: Record<string, unknown> } | undefined;
    await withProvider({}, async (provider) => {
      const { inputs } = await provider.check({}, { origin: ORIGIN, workspace: { host: `${workspace.host}/?o=7001` } });
      saved = await provider.create(inputs);
    });
    const { outs } = saved!;
    const elsewhere = { ...outs, workspace: { host: `${workspace.host}/?o=7002` } };
    await withProvider({}, async (provider) => {
      await assert.rejects(provider.delete(saved!.id, elsewhere), /WRONG_WORKSPACE/);
      assert.deepEqual([workspace.countCalls(DELETE), workspace.tokens().length], [0, 1]);
    });
  });

  it("is not asked for where nobody gives one, or where it stands beside another host", async () => {
    await withProvider(
      { DATABRICKS_HOST: "https://other.cloud.databricks.com/?o=1", DATABRICKS_WORKSPACE_ID: "1" },
      async (provider) => {
        const { inputs } = await provider.check({}, { origin: ORIGIN, workspace: { host: workspace.host } });
        await assert.rejects(provider.create(inputs), /NO_CREDENTIALS/);
      },
    );
    await withProvider({ DATABRICKS_HOST: workspace.host }, async (provider) => {
      const { inputs } = await provider.check({}, { origin: ORIGIN });
      await provider.create(inputs);
      assert.equal(workspace.tokens().length, 1);
    });
  });
});
