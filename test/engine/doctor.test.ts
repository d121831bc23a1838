import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalWorkspace } from "../workspace";
import { Stack } from "./stack";
import { databricksTokens } from "./tool";

interface Check {
  check: string;
  status: string;
  finding: string;
  toDo: string | null;
  code: string | null;
}

describe("databricks-tokens doctor, in its real process", function () {
  this.timeout(120_000);
  let workspace: LocalWorkspace;
  let folder: string;
  let printed: string;
  const secrets = (): string[] => [workspace.admin.token, ...workspace.tokens({ all: true }).map(({ value }) => value)];

  beforeEach(async () => {
    workspace = await LocalWorkspace.start();
    folder = realpathSync(mkdtempSync(join(tmpdir(), "pdt-doctor-")));
    printed = "";
  });
  afterEach(async () => {
    rmSync(folder, { recursive: true, force: true });
    await workspace.stop();
    for (const secret of secrets()) assert.ok(!printed.includes(secret), "a secret is printed");
  });

  async function doctor(env: Record<string, string>, ...args: string[]) {
    const ended = await databricksTokens(["doctor", ...args], {
      cwd: folder,
      env: { PATH: process.env.PATH ?? "", HOME: folder, ...env },
    });
    printed += ended.stdout + ended.stderr;
    return ended;
  }
  /** The report as JSON; the lines by what they checked. */
  async function report(env: Record<string, string>, ...args: string[]) {
    const { code, stdout, stderr } = await doctor(env, "--json", ...args);
    assert.equal(stderr, "");
    const { checks, ...facts } = JSON.parse(stdout) as { checks: Check[]; exitCode: number };
    assert.equal(facts.exitCode, code);
    const lines = Object.fromEntries(checks.map((item) => [item.check, item]));
    const said = (check: string): string[] => [lines[check]?.status ?? "", lines[check]?.code ?? ""];
    return { code, facts: facts as Record<string, unknown>, lines, said };
  }
  const asAdmin = (): Record<string, string> => ({
    DATABRICKS_HOST: workspace.host,
    DATABRICKS_TOKEN: workspace.admin.token,
  });
  const as = (name: string, role: Parameters<LocalWorkspace["addUser"]>[1] = {}): Record<string, string> => ({
    ...asAdmin(),
    DATABRICKS_TOKEN: workspace.addUser(name, role).token,
  });

  it("without a stack: all is well, in aligned lines without colour", async () => {
    workspace.mint(workspace.admin);
    const { code, stdout, stderr } = await doctor({ ...asAdmin(), FORCE_COLOR: "1" });
    assert.deepEqual([code, stderr], [0, ""]);
    assert.deepEqual(stdout.split("\n"), [
      "note     stack     none here: the environment and the profile alone hold",
      `ok       host      ${workspace.host}, from the environment DATABRICKS_HOST`,
      "ok       sign-in   pat, from the environment (DATABRICKS_TOKEN)",
      "ok       identity  signed in as admin@example.com",
      "ok       tokens    enabled, and this identity may use them",
      "ok       lifetime  at most 730 days",
      "ok       quota     1 of 600 tokens are used",
      "All is well.",
      "",
    ]);
    const changing = workspace.calls.filter(({ method }) => method !== "GET");
    assert.deepEqual(changing, []);
  });

  it("as JSON: every name is there, null where it is not known", async () => {
    const { facts } = await report(asAdmin());
    assert.deepEqual(facts, {
      version: 1,
      exitCode: 0,
      stack: null,
      host: workspace.host,
      hostFrom: "the environment DATABRICKS_HOST",
      strategy: "pat",
      credentialFrom: "the environment (DATABRICKS_TOKEN)",
      identity: "admin@example.com",
      tokensEnabled: true,
      maxTokenLifetimeDays: 730,
      tokensUsed: 0,
      tokensAllowed: 600,
    });
    const nothing = await report({});
    assert.deepEqual(Object.keys(nothing.facts), Object.keys(facts));
    assert.deepEqual([nothing.code, nothing.facts["host"]], [1, null]);
    assert.deepEqual(nothing.said("host"), ["wrong", "NO_HOST"]);
    assert.deepEqual(nothing.said("sign-in"), ["skipped", ""]);
  });

  it("the id of another workspace beside the address: as every change would, it says so", async () => {
    const other = await report({ ...asAdmin(), DATABRICKS_WORKSPACE_ID: "1" });
    assert.deepEqual([other.code, ...other.said("identity")], [1, "wrong", "WRONG_WORKSPACE"]);
    const own = await report({ ...asAdmin(), DATABRICKS_HOST: `${workspace.host}/?o=${workspace.orgId}` });
    assert.deepEqual([own.code, ...own.said("identity")], [0, "ok", ""]);
  });

  it("a profile; nobody to sign in as; two at once; a credential that is refused", async () => {
    writeFileSync(join(folder, ".databrickscfg"), `[p]\nhost = ${workspace.host}\ntoken = ${workspace.admin.token}\n`);
    const good = await report({ DATABRICKS_CONFIG_PROFILE: "p" });
    assert.deepEqual([good.code, good.facts["credentialFrom"]], [0, "profile p of ~/.databrickscfg (token)"]);
    const unknown = await report({ DATABRICKS_CONFIG_PROFILE: "q" });
    assert.deepEqual([unknown.code, ...unknown.said("host")], [1, "wrong", "INVALID_CONFIG"]);
    const none = await report({ DATABRICKS_HOST: workspace.host, PATH: folder });
    assert.deepEqual([none.code, ...none.said("sign-in")], [1, "wrong", "NO_CREDENTIALS"]);
    assert.match(none.lines["sign-in"]?.toDo ?? "", /no DATABRICKS_TOKEN/);
    const both = await report({ ...asAdmin(), DATABRICKS_CLIENT_ID: "i", DATABRICKS_CLIENT_SECRET: "s" });
    assert.deepEqual(both.said("sign-in"), ["wrong", "AMBIGUOUS_CREDENTIALS"]);
    const refused = await report({ ...asAdmin(), DATABRICKS_TOKEN: "no-such-token" });
    assert.deepEqual([refused.code, ...refused.said("identity")], [1, "wrong", "CREDENTIAL_REFUSED"]);
    assert.deepEqual(refused.said("quota"), ["skipped", ""]);
  });

  it("settings that an identity may not read are said to be so, and are no failure", async () => {
    const { code, lines, facts } = await report(as("robot"));
    assert.deepEqual([code, facts["tokensEnabled"], facts["maxTokenLifetimeDays"]], [0, true, null]);
    assert.match(lines["lifetime"]?.finding ?? "", /not shown to this identity/);
  });

  it("tokens disabled, or not for this identity; a limit below the default lifetime; the quota", async () => {
    const robot = await report(as("robot", { canUseTokens: false }));
    assert.deepEqual([robot.code, ...robot.said("tokens")], [1, "wrong", "TOKENS_DISABLED"]);
    workspace.settings.maxTokenLifetimeDays = 30;
    const short = await report(asAdmin());
    assert.deepEqual([short.code, ...short.said("lifetime")], [0, "note", "LIFETIME_OVER_LIMIT"]);
    for (let i = 0; i < 600; i++) workspace.mint(workspace.admin);
    const full = await report(asAdmin());
    assert.deepEqual([full.code, ...full.said("quota")], [1, "wrong", "QUOTA_EXCEEDED"]);
    workspace.settings.tokensDisabled = true;
    const disabled = await report(asAdmin());
    assert.deepEqual([disabled.code, ...disabled.said("tokens")], [1, "wrong", "TOKENS_DISABLED"]);
  });

  it("a workspace that does not answer: could not tell", async () => {
    const gone = await LocalWorkspace.start();
    await gone.stop();
    const { code, said } = await report({ ...asAdmin(), DATABRICKS_HOST: gone.host });
    assert.deepEqual([code, ...said("identity")], [3, "unknown", "UNREACHABLE"]);
  });

  it("a proxy whose address can't be used is a finding like another", async () => {
    for (const HTTPS_PROXY of ['"http://127.0.0.1:1"', "http://me:%E4@127.0.0.1:1"]) {
      const far = { ...asAdmin(), DATABRICKS_HOST: "https://adb-1.2.azuredatabricks.net", HTTPS_PROXY };
      const { code, said, lines } = await report(far);
      assert.deepEqual([code, ...said("host"), ...said("sign-in")], [1, "ok", "", "ok", ""]);
      assert.deepEqual(said("identity"), ["wrong", "INVALID_CONFIG"]);
      assert.match(JSON.stringify(lines["identity"]), /HTTPS_PROXY/);
    }
  });

  it("wrong arguments end with 2; help tells the options", async () => {
    for (const args of [["--stak", "dev"], ["dev"], ["--stack"], ["--dir", join(folder, "nowhere")]]) {
      const { code, stdout, stderr } = await doctor({}, ...args);
      assert.deepEqual([code, stdout, /\[INVALID_INPUT\]/.test(stderr)], [2, "", true], args.join(" "));
    }
    const { code, stdout } = await doctor({}, "--help");
    assert.deepEqual([code, ["--stack", "--dir", "--json"].filter((name) => !stdout.includes(name))], [0, []]);
  });

  describe("with a stack", () => {
    let stack: Stack;
    beforeEach(async () => {
      stack = await Stack.ofSource(workspace, "");
    });
    afterEach(() => stack.remove());
    /** The Pulumi CLI looks for a stack's file beside the program. */
    const configured = async (...values: Array<[key: string, value: string, ...flags: string[]]>): Promise<void> => {
      for (const [key, value, ...flags] of values) await stack.must("config", "set", key, value, ...flags);
      copyFileSync(join(stack.home, "Pulumi.dev.yaml"), join(stack.folder, "Pulumi.dev.yaml"));
    };
    /** Pulumi's settings alone. */
    const env = (): Record<string, string> =>
      Object.fromEntries(Object.entries(stack.env).filter(([name]) => !name.startsWith("DATABRICKS_")));

    it("its config holds, before the environment; from a folder of the project, or by --stack and --dir", async () => {
      await configured(["databricks:host", workspace.host], ["databricks:token", workspace.admin.token, "--secret"]);
      const given = { ...env(), DATABRICKS_TOKEN: "another", DATABRICKS_HOST: "https://other.example.com" };
      const inside = join(stack.folder, "inside");
      mkdirSync(inside);
      for (const args of [
        ["--dir", stack.folder],
        ["--dir", inside],
        ["--stack", "dev", "--dir", stack.folder],
      ]) {
        const { code, facts } = await report(given, ...args);
        assert.deepEqual([code, facts["stack"], facts["host"]], [0, "dev", workspace.host], args.join(" "));
        const from = [facts["hostFrom"], facts["credentialFrom"]];
        assert.deepEqual(from, ["Pulumi config databricks:host", "Pulumi config (databricks:token)"]);
      }
    });

    it("a wrong passphrase is said, and the rest goes on", async () => {
      await configured(["databricks:host", workspace.host], ["databricks:token", workspace.admin.token, "--secret"]);
      const given = { ...env(), ...as("robot"), PULUMI_CONFIG_PASSPHRASE: "another" };
      const { code, facts, lines, said } = await report(given, "--dir", stack.folder);
      assert.deepEqual([code, ...said("stack")], [1, "wrong", "STACK_UNREADABLE"]);
      assert.match(lines["stack"]?.toDo ?? "", /incorrect passphrase/);
      assert.deepEqual([facts["hostFrom"], facts["stack"]], ["Pulumi config databricks:host", "dev"]);
      assert.match(lines["sign-in"]?.toDo ?? "", /databricks:token, which can't be read/);
      assert.equal(facts["identity"], "robot");
    });

    it("none selected, none of that name, no Pulumi CLI, a secret without --secret", async () => {
      await configured(["databricks:token", workspace.admin.token, "--plaintext"]);
      const given = { ...env(), ...asAdmin() };
      const plain = await report(given, "--dir", stack.folder);
      assert.deepEqual([plain.code, ...plain.said("stack")], [1, "wrong", "INVALID_CONFIG"]);
      const missing = await report(given, "--dir", stack.folder, "--stack", "nowhere");
      assert.deepEqual([missing.code, ...missing.said("stack")], [1, "wrong", "STACK_UNREADABLE"]);
      const bare = await report({ ...given, PATH: folder }, "--dir", stack.folder);
      assert.deepEqual([bare.code, ...bare.said("stack")], [1, "wrong", "PULUMI_NOT_FOUND"]);
      await stack.must("stack", "unselect");
      const none = await report(given, "--dir", stack.folder);
      assert.deepEqual([none.code, ...none.said("stack")], [0, "note", ""]);
      for (const { facts } of [missing, bare, none]) assert.equal(facts["identity"], "admin@example.com");
    });
  });
});
