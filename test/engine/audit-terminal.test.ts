import assert from "node:assert/strict";
import { columnsOf } from "../../provider/cli/audit/columns";
import { markComment } from "../../provider/token/marker";
import { LocalWorkspace } from "../workspace";
import { ONE_TOKEN, Stack } from "./stack";
import { hasTerminal, inTerminal } from "./terminal";

const ORIGIN = { organization: "organization", project: "engine-test", stack: "dev", name: "ci" };
/** Long enough for the progress to show. */
const SLOW_MS = 2_500;

describe("databricks-tokens audit, in a terminal", function () {
  this.timeout(180_000);
  let workspace: LocalWorkspace;
  let stack: Stack;
  let printed = "";

  before(function () {
    if (!hasTerminal()) {
      console.log("    not run: no Python with pty here");
      this.skip();
    }
  });
  beforeEach(async () => {
    workspace = await LocalWorkspace.start();
    stack = await Stack.ofSource(workspace, ONE_TOKEN, { ARGS: JSON.stringify({ comment: "deploy from CI" }) });
    await stack.up();
    printed = "";
  });
  afterEach(async () => {
    const values = [...workspace.tokens({ all: true }).map((token) => token.value), workspace.admin.token];
    const leaks = [values.filter((value) => printed.includes(value)), stack.leaks()];
    stack.remove();
    await workspace.stop();
    assert.deepEqual(leaks, [[], []]);
  });

  async function audit(args: string[], more: { columns?: number; env?: Record<string, string>; answer?: string } = {}) {
    const { columns = 80, env = {}, answer } = more;
    const { NO_COLOR: _, ...colourful } = stack.env;
    const shown = await inTerminal(["audit", "--stack", "dev", "--dir", stack.folder, ...args], {
      ...{ columns, cwd: stack.home, env: { ...colourful, ...env } },
      ...(answer !== undefined && { answers: [["Type yes: ", answer.length > 1 ? `${answer}\n` : answer]] }),
    });
    printed += shown.written;
    return shown;
  }
  const lost = async () =>
    workspace.mint(workspace.admin, {
      comment: markComment("", ORIGIN, (await stack.token()).id!),
      lifetimeSeconds: 90 * 86_400,
    });

  it("fits its width, is coloured, plain with NO_COLOR, and shows what it waits for", async () => {
    workspace.faults.add({ path: "/api/2.0/token-management/tokens", kind: "slow", delayMs: SLOW_MS });
    const wide = await audit([], { columns: 120 });
    assert.equal(wide.code, 0);
    assert.ok(wide.written.includes("\u001b[32mmanaged\u001b[39m"));
    assert.match(wide.written, /Reading http:\S+: 0 of 1 … \d s/, "progress");
    assert.doesNotMatch(wide.screen, /Reading/, "which is gone in the end");
    assert.match(wide.screen, /COMMENT\n.*deploy from CI/);
    assert.match(wide.screen, /^ci +managed +├─+◆┄+◇┤?$/m);
    for (const columns of [120, 60]) {
      const { screen } = await audit([], { columns });
      const lines = screen.split("\n").filter((line) => !line.startsWith("http"));
      for (const line of lines) assert.ok(columnsOf(line) <= columns, `${columns}: ${line}`);
      assert.ok(
        lines.some((line) => columnsOf(line) === columns),
        "and uses it",
      );
    }
    const plain = await audit([], { env: { NO_COLOR: "1", LC_ALL: "C" } });
    assert.deepEqual(
      plain.written.split("\u001b[").filter((part) => /^\d+m/.test(part)),
      [],
    );
    assert.match(plain.screen, /^ci +managed +\[-+\*\.+o\]?$/m);
  });

  it("asks before it revokes, and shows what; anything but yes leaves all as it is", async () => {
    const { tokenId } = await lost();
    workspace.advance(10 * 60_000);
    const no = await audit(["--revoke-orphans"], { answer: "no" });
    assert.equal(no.code, 3);
    assert.match(
      no.screen,
      new RegExp(`orphan ${tokenId} on ${workspace.host}, of admin@example.com, made on \\d{4}-`),
    );
    assert.match(no.screen, /error: Nothing is revoked/);
    for (const key of ["\u0003", "\u0004"]) {
      const away = await audit(["--revoke-orphans"], { answer: key });
      assert.deepEqual([away.code, /error: Nothing is revoked/.test(away.screen)], [3, true], "Ctrl-C, Ctrl-D");
    }
    assert.equal(workspace.tokens().length, 2);
    const yes = await audit(["--revoke-orphans"], { answer: "yes" });
    assert.equal(yes.code, 0, yes.screen);
    assert.match(yes.screen, new RegExp(`^revoked ${tokenId}$`, "m"));
    assert.equal(workspace.tokens().length, 1);
  });
});
