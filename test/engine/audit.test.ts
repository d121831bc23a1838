import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { request } from "undici";
import { markComment } from "../../provider/token/marker";
import { assertAsDocumented } from "../unit/audit-schema";
import { LocalWorkspace } from "../workspace";
import { Stack } from "./stack";
import { databricksTokens } from "./tool";

const PROGRAM = `
const { DatabricksToken } = require("pulumi-databricks-tokens");
new DatabricksToken("ci", { comment: "for CI", ...JSON.parse(process.env.ARGS || "{}") });
if (process.env.SECOND) new DatabricksToken("far", { workspace: { profile: "second" } });
`;
const ORIGIN = { organization: "organization", project: "engine-test", stack: "dev", name: "ci" };
const DAYS = 86_400_000;

interface Row {
  kind: string;
  tokenId: string;
  [key: string]: unknown;
}

describe("databricks-tokens audit, on a stack of the real CLI", function () {
  this.timeout(300_000);
  let workspace: LocalWorkspace;
  let stack: Stack;
  let folder: string;
  let printed: string;

  beforeEach(async () => {
    workspace = await LocalWorkspace.start();
    stack = await Stack.ofSource(workspace, PROGRAM);
    folder = realpathSync(mkdtempSync(join(tmpdir(), "pdt-audit-")));
    printed = "";
    await stack.up();
  });
  afterEach(async () => {
    rmSync(folder, { recursive: true, force: true });
    const values = [...workspace.tokens({ all: true }).map((token) => token.value), workspace.admin.token];
    const leaks = [values.filter((value) => printed.includes(value)), stack.leaks()];
    stack.remove();
    await workspace.stop();
    assert.deepEqual(leaks, [[], []]);
  });

  async function tool(args: string[], env: Record<string, string> = {}, input?: string) {
    const ended = await databricksTokens(["audit", ...args], {
      cwd: folder,
      env: { ...stack.env, HOME: folder, ...env },
      input,
    });
    printed += ended.stdout + ended.stderr;
    return ended;
  }
  const audit = (...args: string[]) => tool(["--stack", "dev", "--dir", stack.folder, ...args]);
  async function json(args: string[] = [], env: Record<string, string> = {}) {
    const { code, stdout, stderr } = await tool(["--stack", "dev", "--dir", stack.folder, "--json", ...args], env);
    const report = JSON.parse(stdout);
    assertAsDocumented(report);
    assert.deepEqual([report.exitCode, stderr], [code, ""]);
    return { code, ...report } as {
      code: number;
      tokens: Row[];
      workspaces: Array<{ host: string; sees: string; owners: string[]; problem: { code: string } | null }>;
      problems: Array<{ code: string }>;
      revocation: Array<{ tokenId: string; outcome: string; reason: string }> | null;
      advice: string[];
    };
  }
  const kinds = (tokens: Row[]) => Object.fromEntries(tokens.map(({ tokenId, kind }) => [tokenId, kind]));
  const current = (): string => workspace.tokens().at(-1)!.tokenId;
  const stray = (nonce: string, origin = ORIGIN) =>
    workspace.mint(workspace.admin, { comment: markComment("", origin, nonce), lifetimeSeconds: 3_600 * 24 * 90 });

  it("every kind, for an administrator; for another user their own tokens, and it says so", async () => {
    const user = workspace.addUser("ada@example.com");
    const first = current();
    stack.env.ARGS = JSON.stringify({ triggers: { release: "2" } });
    await stack.up();
    const second = current();
    const lost = stray((await stack.token()).id!);
    const unclaimed = stray("0123456789abcdef01234567");
    const theirs = stray("89abcdef0123456789abcdef", { ...ORIGIN, stack: "prod" });
    const own = workspace.mint(user, { comment: `my\u001b[31m laptop ${lost.value}` });
    const found = await json();
    assert.deepEqual(kinds(found.tokens), {
      [second]: "managed",
      [first]: "retiring",
      [lost.tokenId]: "orphan",
      [unclaimed.tokenId]: "unclaimed",
      [theirs.tokenId]: "other-stack",
      [own.tokenId]: "not-ours",
    });
    assert.equal(found.code, 2);
    const of = (tokenId: string): Row => found.tokens.find((row) => row.tokenId === tokenId)!;
    assert.equal(of(second).comment, "for CI");
    assert.equal(of(second).owner, "admin@example.com");
    assert.equal(of(second).daysLeft, 89);
    assert.ok(of(first).retiringUntil);
    assert.equal(of(own.tokenId).owner, "ada@example.com");
    assert.deepEqual(of(own.tokenId).flags, ["long-lived"]);

    const table = await audit();
    assert.equal(table.code, 2);
    assert.ok(!table.stdout.includes("\u001b"), "neither colours nor what a comment brings along");
    for (const part of ["--revoke-orphans", lost.tokenId, unclaimed.tokenId, "1 not-ours", "everybody's tokens"]) {
      assert.ok(table.stdout.includes(part), part);
    }

    const mine = await json([], { DATABRICKS_TOKEN: user.token });
    const [sight] = mine.workspaces;
    assert.deepEqual(
      [sight!.host, sight!.sees, sight!.owners, sight!.problem],
      [workspace.host, "own", [user.userName], null],
    );
    assert.deepEqual([mine.code, mine.problems.map(({ code }) => code)], [3, ["PERMISSION_DENIED"]], "not all is seen");
    assert.equal(kinds(mine.tokens)[second], "managed");
    assert.equal(kinds(mine.tokens)[own.tokenId], "not-ours");
    assert.equal(mine.tokens.length, 3, "the stack's, which signed in when they were shown, and their own");
  });

  it("0 fine, 1 due, --ignore-unclaimed, --fail-on; dead once it is revoked elsewhere", async () => {
    assert.equal((await json()).code, 0);
    assert.equal((await json(["--fail-on", "managed"])).code, 2);
    const unclaimed = stray("0123456789abcdef01234567");
    assert.equal((await json()).code, 2);
    assert.equal((await json(["--ignore-unclaimed"])).code, 0);
    workspace.revoke(unclaimed.tokenId);
    workspace.advance(59 * DAYS);
    const due = await json();
    assert.deepEqual([due.code, due.tokens[0]!.flags], [1, ["rotation-due"]]);
    workspace.revoke(due.tokens[0]!.tokenId);
    const dead = await json();
    assert.deepEqual([dead.code, dead.tokens[0]!.kind, dead.tokens[0]!.flags], [1, "dead", ["rotation-overdue"]]);
  });

  it("a workspace that can't be reached: the others are reported, exit 3", async () => {
    const far = await LocalWorkspace.start();
    const profile = `[second]\nhost = ${far.host}\ntoken = ${far.admin.token}\n`;
    for (const home of [stack.home, folder]) writeFileSync(join(home, ".databrickscfg"), profile);
    stack.env.SECOND = "1";
    await stack.up();
    const both = await json();
    assert.deepEqual([both.code, both.tokens.map(({ kind }) => kind)], [0, ["managed", "managed"]]);
    await far.stop();
    const one = await json();
    assert.deepEqual([one.code, one.tokens.map(({ kind }) => kind)], [3, ["managed"]]);
    assert.equal(one.workspaces.find(({ host }) => host === far.host)!.problem!.code, "UNREACHABLE");
    const table = await audit();
    assert.match(table.stdout, /could not be read: .*\[UNREACHABLE\]/);
    assert.ok(![printed, stack.printed].some((text) => text.includes(far.admin.token)));
  });

  it("--state FILE: as the stack; encrypted, half-written or another's it says what is the matter", async () => {
    const file = join(folder, "state.json");
    const before = stack.printed;
    const open = await stack.must("stack", "export", "--show-secrets");
    stack.printed = before;
    const state = async (text: string) => {
      writeFileSync(file, text);
      const { code, stdout } = await tool(["--state", file, "--json"]);
      const { tokens, problems } = JSON.parse(stdout);
      return [code, ...tokens.map((row: Row) => row.kind), ...problems.map((problem: Row) => problem.code)];
    };
    assert.deepEqual(await state(open), [0, "managed"]);
    assert.deepEqual(await state(await stack.must("stack", "export")), [3, "managed", "STACK_UNREADABLE"]);
    assert.deepEqual(await state(open.slice(0, open.length / 2)), [3, "STATE_NOT_OURS"]);
    assert.deepEqual(await state("{}"), [3, "STATE_NOT_OURS"]);
    const piped = await tool(["--state", "-", "--json"], {}, open);
    assert.deepEqual([piped.code, JSON.parse(piped.stdout).tokens.length], [0, 1]);
    const missing = await tool(["--state", join(folder, "nowhere")]);
    assert.match(missing.stderr, /^error: .*ENOENT.*\[STACK_UNREADABLE\]\n$/);
  });

  it("revokes exactly the orphans, unclaimed ones by id, and nobody else's; young ones, and under a lock, none", async () => {
    const lost = stray((await stack.token()).id!);
    const unclaimed = stray("0123456789abcdef01234567");
    const theirs = stray("89abcdef0123456789abcdef", { ...ORIGIN, stack: "prod" });
    const outcomes = (found: Awaited<ReturnType<typeof json>>) =>
      found.revocation!.map(({ tokenId, outcome }) => [outcome, tokenId]);
    const young = await json(["--revoke-orphans", "--yes"]);
    assert.deepEqual([young.code, outcomes(young)], [2, [["left", lost.tokenId]]]);
    assert.match(young.revocation![0]!.reason, /younger than the longest operation/);
    workspace.advance(10 * 60_000);

    const unasked = await json(["--revoke-orphans"]);
    assert.deepEqual([unasked.code, unasked.problems[0]!.code], [3, "INVALID_INPUT"]);
    const locks = join(stack.backend, ".pulumi", "locks", "organization", "engine-test", "dev");
    mkdirSync(locks, { recursive: true });
    writeFileSync(join(locks, "other.json"), "{}");
    const locked = await json(["--revoke-orphans", "--yes"]);
    assert.deepEqual([locked.code, locked.problems[0]!.code], [3, "RUN_UNDER_WAY"]);
    rmSync(join(locks, "other.json"));
    const refused = await json(["--revoke", theirs.tokenId, "--revoke", unclaimed.tokenId, "--yes"]);
    assert.deepEqual(
      [refused.code, outcomes(refused)],
      [
        3,
        [
          ["refused", theirs.tokenId],
          ["left", unclaimed.tokenId],
        ],
      ],
    );
    assert.equal(workspace.tokens().length, 4, "nothing was revoked so far");

    const done = await json(["--revoke-orphans", "--yes"]);
    assert.deepEqual([done.code, outcomes(done)], [2, [["revoked", lost.tokenId]]]);
    assert.deepEqual(
      [lost, unclaimed, theirs].map(({ tokenId }) => workspace.tokens().some((token) => token.tokenId === tokenId)),
      [false, true, true],
    );
    const byId = await json(["--revoke", unclaimed.tokenId, "--yes"]);
    assert.deepEqual([byId.code, outcomes(byId)], [0, [["revoked", unclaimed.tokenId]]]);
    assert.equal(workspace.tokens().length, 2);
  });

  it("leaves a person's token that copies our marker, and one that somebody uses", async () => {
    const nonce = (await stack.token()).id!;
    const user = workspace.addUser("ada@example.com");
    const copied = workspace.mint(user, { comment: markComment("mine", ORIGIN, nonce) });
    const used = stray(nonce);
    workspace.advance(3 * DAYS);
    await request(`${workspace.host}/api/2.0/clusters/list`, { headers: { authorization: `Bearer ${used.value}` } });
    const { code, revocation } = await json(["--revoke-orphans", "--yes"]);
    assert.equal(code, 2);
    assert.deepEqual(
      new Map(
        revocation!.map(({ tokenId, outcome, reason }) => [
          tokenId,
          [outcome, reason.split(" ").slice(0, 4).join(" ")],
        ]),
      ),
      new Map([
        [copied.tokenId, ["left", "it belongs to ada@example.com,"]],
        [used.tokenId, ["left", "it was used on"]],
      ]),
    );
    assert.equal(workspace.tokens().length, 3);
    const named = await json(["--revoke", used.tokenId, "--yes"]);
    assert.deepEqual([named.code, named.revocation![0]!.outcome], [2, "revoked"], "who names it has looked");
  });

  it("everybody's list that lacks a living token of the state is no whole list", async () => {
    workspace.faults.add({ path: "/api/2.0/token-management/tokens", kind: "empty-list" });
    const { code, problems, advice } = await json();
    assert.deepEqual([code, problems.map((problem) => problem.code), advice], [3, ["UNEXPECTED_ANSWER"], []]);
  });

  it("no age is judged by this machine's clock: a workspace that answers slowly", async () => {
    const lost = stray((await stack.token()).id!);
    workspace.advance(10 * 60_000);
    workspace.faults.add({ kind: "slow", delayMs: 4_500, times: 4 });
    const slow = await json(["--revoke-orphans", "--yes"]);
    assert.match(slow.revocation![0]!.reason, /too slowly to tell its time/);
    assert.equal(workspace.isAlive(lost.value), true);
  });

  it("no stack, a wrong passphrase, no sign-in, wrong arguments: 3, each with its code", async () => {
    const failing = async (expected: RegExp, args: string[], env: Record<string, string> = {}) => {
      const { code, stdout, stderr } = await tool(args, env);
      assert.deepEqual([code, stdout], [3, ""], stderr);
      assert.match(stderr, expected);
    };
    const here = ["--stack", "dev", "--dir", stack.folder];
    await failing(/\[STACK_UNREADABLE\]/, ["--stack", "nowhere", "--dir", stack.folder]);
    await failing(/\[STACK_UNREADABLE\]/, here, { PULUMI_CONFIG_PASSPHRASE: "another" });
    await failing(/\[STACK_UNREADABLE\]/, []);
    await failing(/\[PULUMI_NOT_FOUND\]/, here, { PATH: folder });
    await failing(/\[INVALID_INPUT\]/, ["--fail-on", "toString"]);
    await failing(/\[INVALID_INPUT\]/, ["--state", "x", "--stack", "dev"]);
    await failing(/\[INVALID_INPUT\]/, ["--dir", join(folder, "nowhere")]);
    const nobody = await json([], { DATABRICKS_TOKEN: "" });
    assert.deepEqual([nobody.code, nobody.workspaces[0]!.problem!.code], [3, "NO_CREDENTIALS"]);
    const empty = JSON.stringify({ version: 3, deployment: {} });
    const nowhere = await tool(["--state", "-", "--json"], { DATABRICKS_HOST: "" }, empty);
    assert.deepEqual(
      [nowhere.code, JSON.parse(nowhere.stdout).problems[0].code],
      [3, "NO_HOST"],
      "nothing was looked at",
    );
    const help = await tool(["--help"]);
    assert.match(help.stdout, /--ignore-unclaimed/);
  });
});
