import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, realpathSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NetrcDocument } from "../../provider/machine/netrc-document";
import { ProfileDocument } from "../../provider/machine/profile-document";
import { pythonWithKeyring } from "../clients/python";
import { SecretService } from "../clients/secret-service";
import { LocalWorkspace } from "../workspace";
import { Stack } from "./stack";
import { databricksTokens } from "./tool";

const PROGRAM = `
const { DatabricksToken } = require("pulumi-databricks-tokens");
const ci = new DatabricksToken("ci", JSON.parse(process.env.ARGS || "{}"));
module.exports = { ciToken: ci.tokenValue, host: ci.host };
if (process.env.MORE) Object.assign(module.exports, { header: ci.authorizationHeader, id: ci.tokenId, empty: "" });
`;

describe("databricks-tokens write, from a stack of the real CLI", function () {
  this.timeout(300_000);
  let workspace: LocalWorkspace;
  let stack: Stack;
  let folder: string;
  let printed: string;

  before(async () => {
    workspace = await LocalWorkspace.start();
    stack = await Stack.ofSource(workspace, PROGRAM);
    await stack.up();
  });
  after(async () => {
    await stack.destroy();
    stack.remove();
    await workspace.stop();
  });
  beforeEach(() => {
    // The runner's home: not the stack's, which is searched for values that leaked.
    folder = realpathSync(mkdtempSync(join(tmpdir(), "pdt-write-")));
    printed = "";
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
    const values = workspace.tokens({ all: true }).map((token) => token.value);
    assert.deepEqual([values.filter((value) => printed.includes(value)), stack.leaks()], [[], []]);
  });

  const token = (): string => workspace.tokens().reduce((a, b) => (b.creationTime > a.creationTime ? b : a)).value;
  const netrc = (name = ".netrc") => new NetrcDocument(readFileSync(join(folder, name), "utf8"));
  /** As on a runner: no sign-in to a workspace is there. */
  async function tool(args: string[], env: Record<string, string> = {}) {
    const { DATABRICKS_HOST: _, DATABRICKS_TOKEN: __, ...runner } = stack.env;
    const ended = await databricksTokens(args, { cwd: folder, env: { ...runner, HOME: folder, ...env } });
    printed += ended.stdout + ended.stderr;
    return ended;
  }
  const write = (where: string, ...args: string[]) =>
    tool(["write", where, "--stack", "dev", "--dir", stack.folder, ...args]);

  it("netrc: the stack's host and its only secret; again after a rotation with --adopt", async () => {
    const first = await write("netrc");
    assert.deepEqual([first.code, first.stderr], [0, ""]);
    assert.equal(first.stdout, `Wrote machine 127.0.0.1 in ${join(folder, ".netrc")} (output ciToken of stack dev)\n`);
    assert.deepEqual(netrc().value("127.0.0.1"), { login: "token", password: token() });
    assert.equal(statSync(join(folder, ".netrc")).mode & 0o777, 0o600);
    assert.match((await write("netrc")).stdout, /^Unchanged: /);

    stack.env.ARGS = JSON.stringify({ triggers: { release: "2" } });
    await stack.up();
    const refused = await write("netrc");
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /^error: .*--adopt.*\[ENTRY_EXISTS\]\n$/);
    assert.equal((await write("netrc", "--adopt")).code, 0);
    assert.equal(netrc().value("127.0.0.1")?.password, token());

    await write("netrc", "--machine", "https://h.example.com/x", "--login", "me", "--path", "elsewhere");
    assert.deepEqual(netrc("elsewhere").value("h.example.com"), { login: "me", password: token() });
  });

  it("profile: DEFAULT, or the one that is named", async () => {
    assert.equal((await write("profile")).code, 0);
    assert.equal((await write("profile", "--profile", "dev", "--host", "https://h.example.com")).code, 0);
    const document = new ProfileDocument(readFileSync(join(folder, ".databrickscfg"), "utf8"));
    assert.deepEqual(document.value("DEFAULT"), { host: workspace.host, token: token() });
    assert.deepEqual(document.value("dev"), { host: "https://h.example.com", token: token() });
  });

  it("keyring: where there is none, says what to install; where there is one, Python reads it", async function () {
    const none = await write("keyring");
    assert.equal(none.code, 1);
    assert.match(none.stderr, /\[KEYRING_(UNAVAILABLE|NOT_INSTALLED)\]/);
    const python = await pythonWithKeyring();
    const service = python ? await SecretService.start() : undefined;
    if (!service || !python) return this.skip();
    try {
      const { DBUS_SESSION_BUS_ADDRESS = "", XDG_RUNTIME_DIR = "" } = service.env;
      const session = { DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR };
      const args = ["write", "keyring", "--stack", "dev", "--dir", stack.folder, "--username", "me"];
      const done = await tool(args, session);
      assert.deepEqual([done.code, done.stderr], [0, ""]);
      const read = "import keyring; print(keyring.get_password('databricks', 'me'))";
      const { execFileSync } = await import("node:child_process");
      const seen = execFileSync(python, ["-c", read], { env: { ...service.env, PATH: stack.env.PATH } });
      assert.equal(seen.toString().trim() === token(), true);
    } finally {
      await service.stop();
    }
  });

  it("which output is the token: the only secret one, one called token, or the one that is named", async () => {
    stack.env.MORE = "1";
    await stack.up();
    const [several, unknown, header, id, empty] = [
      await write("netrc"),
      await write("netrc", "--output", "nothing"),
      await write("netrc", "--output", "header"),
      await write("netrc", "--output", "ciToken"),
      await write("netrc", "--output", "empty"),
    ];
    assert.match(several.stderr, /ciToken, header.*--output.*\[OUTPUT_AMBIGUOUS\]/);
    assert.match(unknown.stderr, /there are .*ciToken.*\[OUTPUT_NOT_FOUND\]/);
    assert.match(header.stderr, /name a tokenValue \[OUTPUT_UNUSABLE\]/);
    assert.equal(id.code, 0);
    assert.match(empty.stderr, /is empty.*\[OUTPUT_UNUSABLE\]/);
    delete stack.env.MORE;
    await stack.up();
  });

  it("wrong arguments end with 2, what can't be done with 1, each with its code; help says it all", async () => {
    const help = await tool(["write", "--help"]);
    assert.equal(help.code, 0);
    for (const option of ["--stack", "--dir", "--output", "--adopt", "--machine", "--profile", "--service"]) {
      assert.ok(help.stdout.includes(option), option);
    }
    assert.equal((await tool(["--help"])).code, 0);
    for (const args of [
      [],
      ["toString"],
      ["write"],
      ["write", "paper", "--stack", "dev"],
      ["write", "netrc"],
      ["write", "netrc", "--stack", "dev", "--profile", "x"],
      ["write", "netrc", "--stack", "dev", "--tokn", "x"],
      ["write", "netrc", "--stack"],
    ]) {
      const { code, stdout, stderr } = await tool(args);
      assert.deepEqual([code, stdout, stderr === ""], [2, "", false], args.join(" "));
    }
    assert.match((await write("profile", "--profile", "a#b")).stderr, /\[INVALID_INPUT\]/);
    const missing = await tool(["write", "netrc", "--stack", "nowhere", "--dir", stack.folder]);
    assert.deepEqual([missing.code, /\[STACK_UNREADABLE\]/.test(missing.stderr)], [1, true]);
    const wrong = await tool(["write", "netrc", "--stack", "dev", "--dir", stack.folder], {
      PULUMI_CONFIG_PASSPHRASE: "another",
    });
    assert.deepEqual([wrong.code, /\[STACK_UNREADABLE\]/.test(wrong.stderr)], [1, true]);
    const bare = await tool(["write", "netrc", "--stack", "dev"], { PATH: folder });
    assert.match(bare.stderr, /\[PULUMI_NOT_FOUND\]/);
  });
});
