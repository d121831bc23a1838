import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { LocalWorkspace } from "../workspace";
import { pythonWithSdk } from "./python";

/** The local workspace, held to clients that nobody here wrote. */
describe("official clients against the local workspace", () => {
  let workspace: LocalWorkspace;

  beforeEach(async () => {
    workspace = await LocalWorkspace.start();
  });
  afterEach(() => workspace.stop());

  it("the Python SDK creates, lists, updates, uses and deletes a token", async function () {
    this.timeout(300_000);
    const python = await pythonWithSdk();
    if (!python) this.skip();
    const env = { PATH: process.env.PATH, DATABRICKS_HOST: workspace.host, DATABRICKS_TOKEN: workspace.admin.token };
    const { stdout } = await promisify(execFile)(python, [join(__dirname, "tokens.py")], { env, timeout: 60_000 });
    assert.deepEqual(JSON.parse(stdout), {
      me: workspace.admin.userName,
      workspace_id: Number(workspace.orgId),
      created: { comment: "from the SDK", lifetime: 3_600_000, value: true },
      listed: ["from the SDK"],
      changed: ["changed"],
      managed: [workspace.admin.userName],
      conf: { enableTokensConfig: "true" },
      clusters: 0,
      after: 0,
      again: "ResourceDoesNotExist",
    });
    const [token] = workspace.tokens({ all: true });
    assert.deepEqual([token?.comment, token?.scopes, token?.alive], ["changed", ["clusters"], false]);
    assert.match(workspace.calls[0]?.userAgent ?? "", /databricks-sdk-py\//);
  });

  it("curl calls clusters/list with the Bearer header, and is refused after the revocation", async () => {
    const token = workspace.mint(workspace.admin, { scopes: ["clusters"] });
    assert.equal(await curl(token.value), "200");
    workspace.revoke(token.tokenId);
    assert.equal(await curl(token.value), "403");
    assert.equal(await curl("nonsense"), "403");
  });

  /** The status that curl saw; the header goes in by standard input, so that no process list shows it. */
  function curl(value: string): Promise<string> {
    const args = [
      "-sS",
      "-o",
      "/dev/null",
      "-w",
      "%{http_code}",
      "-H",
      "@-",
      `${workspace.host}/api/2.0/clusters/list`,
    ];
    return new Promise((done, failed) => {
      const child = spawn("curl", args, { stdio: ["pipe", "pipe", "inherit"] });
      let text = "";
      child.stdout.on("data", (chunk) => {
        text += chunk;
      });
      child.once("error", failed);
      child.once("close", () => done(text));
      child.stdin.end(`Authorization: Bearer ${value}\n`);
    });
  }
});
