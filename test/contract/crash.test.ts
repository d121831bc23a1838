import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { ROOT } from "../engine/stack";
import { LocalWorkspace } from "../workspace";

/** Creates a token, and lets the failure crash the process, as an unhandled rejection does. */
const CRASHING = `
const { lifecycles: { Token } } = require("pulumi-databricks-tokens/lifecycle");
Token.configure({ config: { get: () => undefined } });
const origin = { organization: "o", project: "p", stack: "s", name: "crash" };
Token.check({}, { origin }).then(({ inputs }) => void Token.create(inputs));
`;

describe("a crash of the plugin", () => {
  it("shows neither the token that it held nor the credential", async () => {
    const workspace = await LocalWorkspace.start();
    try {
      // The token is minted, its proof fails, and the server repeats what it was shown.
      workspace.faults.add({ path: "/api/2.0/preview/scim/v2/Me", kind: "as-if" });
      const echo = () => workspace.tokens().map((token) => token.value.toUpperCase() + token.value);
      const fault = { path: "/api/2.0/preview/scim/v2/Me", kind: "status", status: 500, times: 99 } as const;
      workspace.faults.add({
        ...fault,
        get body() {
          return `it broke: ${echo()}`;
        },
      });
      const child = spawn(process.execPath, ["-e", CRASHING], {
        cwd: ROOT,
        env: {
          PATH: process.env.PATH ?? "",
          HOME: "/nonexistent",
          DATABRICKS_HOST: workspace.host,
          DATABRICKS_TOKEN: workspace.admin.token,
          DATABRICKS_OPERATION_TIMEOUT_SECONDS: "2",
        },
        stdio: ["ignore", "ignore", "pipe"],
      });
      let text = "";
      child.stderr.on("data", (chunk) => (text += chunk));
      const code = await new Promise((done) => child.once("close", done));
      assert.equal(code, 1, text);
      assert.match(text, /NOT_PROVED/);
      assert.match(text, /it broke/);
      const [token] = workspace.tokens();
      assert.ok(token, "a token was minted");
      for (const value of [token.value, workspace.admin.token]) assert.ok(!text.includes(value), "it shows a secret");
    } finally {
      await workspace.stop();
    }
  });
});
