import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { audit } from "../../provider/cli/audit/audit";
import { exportOf } from "../../provider/cli/audit/stack-export";
import { failureOf, pulumi } from "../../provider/cli/pulumi";
import { output } from "../../provider/credentials/command";
import type { DatabricksTokensError } from "../../provider/errors";
import { fakeCommand } from "../workspace/fake-command";

/** Says its process id and that of a child which holds its pipes, and ignores what asks it to end. */
const DEAF = `trap '' TERM INT HUP
sh -c 'trap "" TERM INT HUP; echo $$ > "$FOLDER/child"; while :; do sleep 1; done' &
echo $$ > "$FOLDER/self"
while :; do sleep 1; done`;

describe("another program that does not end", () => {
  let folder: string;
  const { PATH, FOLDER } = process.env;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pdt-program-"));
    process.env.PATH = `${folder}:${PATH}`;
    process.env.FOLDER = folder;
  });
  afterEach(() => {
    process.env.PATH = PATH;
    if (FOLDER === undefined) delete process.env.FOLDER;
    else process.env.FOLDER = FOLDER;
    rmSync(folder, { recursive: true, force: true });
  });

  const isAlive = (name: string): boolean => {
    try {
      process.kill(Number(readFileSync(join(folder, name), "utf8")), 0);
      return true;
    } catch {
      return false;
    }
  };
  const assertGone = async (): Promise<void> => {
    for (let tries = 0; tries < 200 && ["self", "child"].some(isAlive); tries += 1) await sleep(20);
    assert.deepEqual(["self", "child"].filter(isAlive), []);
  };

  it("the Pulumi CLI, deaf to SIGTERM, with a child that holds its output: both are killed", async () => {
    fakeCommand(folder, "pulumi", DEAF, 0);
    const ran = await pulumi(["stack"], { timeoutMs: 500, graceMs: 200 });
    assert.equal(ran.code, null);
    assert.match(failureOf(ran), /did not end within/);
    await assertGone();
  });

  it("one that ends, and leaves a child with its output: what it said is taken, with its exit code", async () => {
    fakeCommand(folder, "pulumi", "sleep 30 & echo $! > $FOLDER/child; echo said; exit 3", 0);
    const ran = await pulumi(["stack"], { timeoutMs: 20_000, graceMs: 200 });
    assert.deepEqual([ran.code, ran.stdout], [3, "said\n"]);
    process.kill(Number(readFileSync(join(folder, "child"), "utf8")));
  });

  it("one that heeds SIGTERM has its time to put away what it holds", async () => {
    fakeCommand(folder, "pulumi", `trap 'echo "put away"; exit 0' TERM; while :; do sleep 0.1; done`, 0);
    const ran = await pulumi(["stack"], { timeoutMs: 500, graceMs: 10_000 });
    assert.deepEqual([ran.code, ran.stdout], [null, "put away\n"]);
  });

  it("a program that prints a token: TIMEOUT, and nothing of it is left", async () => {
    fakeCommand(folder, "cli", DEAF, 0);
    const { PATH: path = "" } = process.env;
    const surroundings = { env: { PATH: path, FOLDER: folder }, config: () => undefined, readFile: () => undefined };
    const signIn = { from: "this machine", timeoutMs: 300, surroundings: { ...surroundings, home: folder } };
    const asked = output("databricks-cli", signIn as never, [join(folder, "cli")], Date.now() + 60_000);
    await assert.rejects(asked, (error: DatabricksTokensError) => error.code === "TIMEOUT");
    await assertGone();
  });

  it("that can't be started, or fails: a coded error each", async () => {
    fakeCommand(folder, "pulumi", "echo 'error: no stack' >&2; exit 1", 0);
    await assert.rejects(exportOf("dev"), /no stack.*\[STACK_UNREADABLE\]/);
    process.env.PATH = folder;
    rmSync(join(folder, "pulumi"));
    const { code, text } = await audit(["--json", "--stack", "dev"]);
    assert.deepEqual([code, JSON.parse(text).problems[0].code], [3, "PULUMI_NOT_FOUND"]);
  });
});
