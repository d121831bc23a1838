import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { LocalWorkspace } from "../workspace";

describe("curl against the local workspace", () => {
  let workspace: LocalWorkspace;

  beforeEach(async () => {
    workspace = await LocalWorkspace.start();
  });
  afterEach(() => workspace.stop());

  it("calls clusters/list with the Bearer header, and is refused after the revocation", async () => {
    const token = workspace.mint(workspace.admin, { scopes: ["clusters"] });
    assert.equal(await curl(token.value), "200");
    workspace.revoke(token.tokenId);
    assert.equal(await curl(token.value), "403");
    assert.equal(await curl("nonsense"), "403");
  });

  /** The status that curl saw; the header goes in by standard input, so that no process list shows it. */
  function curl(value: string): Promise<string> {
    const url = `${workspace.host}/api/2.0/clusters/list`;
    const args = ["-sS", "-o", "/dev/null", "-w", "%{http_code}", "-H", "@-", url];
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
