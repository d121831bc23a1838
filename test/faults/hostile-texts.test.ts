import assert from "node:assert/strict";
import { type Fault, LocalWorkspace } from "../workspace";
import { newValue } from "../workspace/tokens";
import { Machine } from "./machine";
import { ModelStack } from "./stack";
import { CALLS } from "./steps";

const ESC = String.fromCharCode(27);
const BELL = String.fromCharCode(7);

/** What a terminal, a pipeline or a reader must never get raw. */
const secretLike = newValue();
const HOSTILE = `${ESC}]0;title${BELL}\n##vso[task.setvariable variable=x]y\r\n::add-mask::z\n##[error]a ${secretLike} \u202e\u2028b`;

const SHAPES: ReadonlyArray<readonly [string, unknown]> = [
  ["error_code and message", { error_code: HOSTILE, message: HOSTILE, details: [{ reason: HOSTILE }] }],
  ["SCIM's detail", { detail: HOSTILE, status: HOSTILE, scimType: HOSTILE }],
  ["error as an object", { error: { code: HOSTILE, message: HOSTILE } }],
  ["error and description", { error: HOSTILE, error_description: HOSTILE }],
  ["a page", `<html><title>${HOSTILE}</title><pre>${HOSTILE}</pre></html>`],
  ["plain text", HOSTILE],
  ["a code and a text", `SOME_CODE: ${HOSTILE}`],
];

function assertTame(text: string): void {
  assert.doesNotMatch(text, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u, JSON.stringify(text));
  assert.ok(
    !text.includes(secretLike) && !text.includes("##vso[") && !text.includes("##[") && !text.includes("::add-mask::"),
    text,
  );
}

describe("faults: hostile texts in every answer", () => {
  for (const [title, body] of SHAPES) {
    it(`${title}: errors and warnings show none of it raw`, async () => {
      const workspace = await LocalWorkspace.start();
      workspace.setClock(Date.UTC(2095, 0, 1));
      try {
        const machine = new Machine(workspace);
        const told: string[] = [];
        for (const [name, call] of Object.entries(CALLS)) {
          for (const status of [200, 302, 400, 401, 403, 404, 429, 500, 503]) {
            const stack = new ModelStack(machine, ["a"], {});
            const fault: Fault = {
              ...{ ...call, kind: "status", status, body, times: 3 },
              headers: { "x-databricks-reason-phrase": "##vso[x]::add-mask::y", location: "/##vso[x]" },
            };
            if (name !== "create") await stack.up();
            workspace.faults.add(fault);
            stack.resources[0]!.args = { comment: "new" };
            for (const run of [stack.up(), stack.refresh(), stack.destroy()])
              told.push(...(await run).errors.map(({ message }) => message));
            workspace.faults.clear();
            await stack.up();
            await stack.destroy();
          }
        }
        assert.ok(told.length > 20, `${told.length} errors`);
        for (const text of [...told, ...machine.warnings]) assertTame(text);
      } finally {
        await workspace.stop();
      }
    });
  }

  it("in lists of tokens, names of users and the quota's message", async () => {
    const workspace = await LocalWorkspace.start();
    try {
      const machine = new Machine(workspace);
      machine.identity = workspace.addUser(HOSTILE);
      const stack = new ModelStack(machine, ["a"], { scopes: ["clusters"] });
      await stack.up();
      const told: string[] = [];
      workspace.mint(machine.identity, { comment: `${HOSTILE} [pulumi a/b/c/d#00]`, lifetimeSeconds: 86_400 });
      workspace.settings.quota = 1;
      stack.resources[0]!.args = { scopes: ["clusters"], triggers: { release: "1" } };
      told.push(...(await stack.up()).errors.map(({ message }) => message));
      assert.match(told.join(), /QUOTA_EXCEEDED/);
      machine.identity = workspace.addUser("b@example.com");
      told.push(...(await stack.refresh()).errors.map(({ message }) => message));
      told.push(...(await stack.destroy()).errors.map(({ message }) => message));
      assert.match(told.join(), /REVOCATION_REFUSED/);
      for (const text of [...told, ...machine.warnings]) assertTame(text);
    } finally {
      await workspace.stop();
    }
  });
});
