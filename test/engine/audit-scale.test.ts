import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { markComment } from "../../provider/token/marker";
import { LocalWorkspace } from "../workspace";
import { importedStack } from "./imported-stack";
import type { Stack } from "./stack";
import { databricksTokens } from "./tool";

/** What an audit asks for does not grow with the tokens: calls and runs of the Pulumi CLI, counted. */
describe("databricks-tokens audit of many tokens", function () {
  this.timeout(300_000);
  const SIZE = { resources: 60, tokens: 300, users: 5 };
  const OF_THE_STATE = 60 + 30;
  const LIST = "GET /api/2.0/token-management/tokens";
  const ME = "GET /api/2.0/preview/scim/v2/Me";
  let workspace: LocalWorkspace;
  let stack: Stack;
  let folder: string;

  beforeEach(async () => {
    workspace = await LocalWorkspace.start();
    stack = await importedStack(workspace, SIZE);
    folder = mkdtempSync(join(tmpdir(), "pdt-scale-"));
    workspace.calls.length = 0;
  });
  afterEach(async () => {
    stack.remove();
    rmSync(folder, { recursive: true, force: true });
    await workspace.stop();
  });

  /** Runs the audit with a `pulumi` first on the PATH that notes each run and passes it on. */
  async function counted(args: string[], more: Record<string, string> = {}) {
    const [bin, log] = [join(folder, "bin"), join(folder, "log")];
    mkdirSync(bin, { recursive: true });
    writeFileSync(log, "");
    writeFileSync(join(bin, "pulumi"), `#!/bin/sh\necho "$@" >>"$RUNS"\nPATH="$REST" exec pulumi "$@"\n`);
    chmodSync(join(bin, "pulumi"), 0o700);
    const { DATABRICKS_HOST, DATABRICKS_TOKEN, ...rest } = stack.env;
    const PATH = [bin, rest["PATH"]].join(delimiter);
    const env = { ...rest, PATH, REST: rest["PATH"] ?? "", RUNS: log, ...more };
    workspace.calls.length = 0;
    const ended = await databricksTokens(["audit", "--dir", stack.folder, "--json", ...args], { cwd: folder, env });
    const runs = readFileSync(log, "utf8").trim().split("\n");
    const named = runs.map((run) => run.replace(/ --(?!show-name).*/, "")).sort();
    const calls = Object.fromEntries(
      Object.entries(Object.groupBy(workspace.calls, ({ method, path }) => `${method} ${path}`)).map(([call, all]) => [
        call,
        all!.length,
      ]),
    );
    const report = JSON.parse(ended.stdout) as {
      tokens: Array<{ kind: string; flags: string[] }>;
      problems: unknown[];
    };
    return { runs: named, calls, report, code: ended.code };
  }
  const kinds = ({ tokens }: { tokens: Array<{ kind: string }> }): Record<string, number> =>
    Object.fromEntries(
      Object.entries(Object.groupBy(tokens, ({ kind }) => kind)).map(([kind, all]) => [kind, all!.length]),
    );

  it("one listing of a workspace, one export and one look at the config, signed in by it", async () => {
    const { runs, calls, report } = await counted(["--stack", "dev"]);
    assert.deepEqual(runs, ["config", "stack export"]);
    assert.deepEqual(calls, { [LIST]: 1, [ME]: 1 }, "and one look at who signs in");
    const others = { "not-ours": 140, "other-stack": 70 };
    assert.deepEqual(kinds(report), { managed: 60, retiring: 30, ...others });
    assert.deepEqual(report.problems, []);
    await stack.must("stack", "select", "dev");
    assert.deepEqual((await counted([])).runs, ["config", "stack --show-name", "stack export"]);
  });

  it("before a revocation the state is exported twice, after the listing anew; one listing more proves all gone", async () => {
    const origin = { organization: "organization", project: "engine-test", stack: "dev", name: "t0" };
    const nonce = (await stack.token()).id!;
    const lost = Array.from({ length: 5 }, () =>
      workspace.mint(workspace.admin, {
        comment: markComment("", origin, nonce),
        lifetimeSeconds: 90 * 86_400,
        scopes: ["clusters"],
      }),
    );
    workspace.advance(3_600_000);
    const { runs, calls, report } = await counted(["--stack", "dev", "--revoke-orphans", "--yes"]);
    assert.deepEqual(runs, ["config", "stack --show-name", "stack export", "stack export", "whoami"]);
    assert.equal(calls[LIST], 2);
    assert.equal(kinds(report)["orphan"], undefined);
    assert.ok(lost.every(({ value }) => !workspace.isAlive(value)));
  });

  it("a token of the state that is in no list is shown once, no more than 32 at a time", async () => {
    for (const { tokenId } of workspace.tokens({ owner: workspace.admin.userName })) workspace.revoke(tokenId);
    workspace.faults.add({ kind: "slow", path: ME.slice(4), delayMs: 700, times: Number.POSITIVE_INFINITY });
    let most = 0;
    const looking = setInterval(() => {
      most = Math.max(most, workspace.calls.filter(({ path, status }) => path === ME.slice(4) && status === 0).length);
    }, 10);
    const { calls, report } = await counted(["--stack", "dev"]).finally(() => clearInterval(looking));
    assert.deepEqual(calls, { [LIST]: 1, [ME]: 1 + OF_THE_STATE });
    assert.equal(kinds(report)["dead"], OF_THE_STATE);
    assert.equal(most, 32);
  });

  it("for whoever is no administrator: one list of their own, and each of the state's is shown once", async () => {
    const user = workspace.addUser("ada@example.com");
    workspace.mint(user, { comment: "my laptop" });
    await stack.must("config", "rm", "databricks:token");
    rmSync(join(stack.folder, "Pulumi.dev.yaml"), { force: true });
    const { calls, report } = await counted(["--stack", "dev"], {
      DATABRICKS_HOST: workspace.host,
      DATABRICKS_TOKEN: user.token,
    });
    assert.deepEqual(calls, { [LIST]: 1, "GET /api/2.0/token/list": 1, [ME]: 1 + OF_THE_STATE });
    assert.deepEqual(kinds(report), { managed: 60, retiring: 30, "not-ours": 1 });
  });
});
