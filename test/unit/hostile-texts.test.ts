import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { documentOf } from "../../provider/cli/audit/document";
import { type ExportedState, readExport } from "../../provider/cli/audit/exported-state";
import { classify } from "../../provider/cli/audit/kinds";
import { asPage } from "../../provider/cli/audit/page/page";
import { asText } from "../../provider/cli/audit/text";
import { printed } from "../../provider/cli/printed";
import { DatabricksTokensError } from "../../provider/errors";
import type { WorkspaceTokenInfo } from "../../provider/workspace";
import { databricksTokens } from "../engine/tool";
import { LocalWorkspace } from "../workspace";
import { exported, HOST, listed, type Made, NOW, seenOf, sightOf } from "./audit-state";

const LOOK_ALIKE = `dapi${"0123456789abcdef".repeat(2)}`;
/** What a terminal, a log of CI or a reader would be deceived by. */
const HOSTILE =
  `\n##vso[task.setvariable variable=x]y\r\n::add-mask::a\u001b]0;title\u0007\u001b[2J\u009b31m\u202egnp.exe\u2066 ` +
  `${LOOK_ALIKE} Bearer ${LOOK_ALIKE}\u2028::stop-commands::z\u0000`;
/** No system call takes a zero byte. */
const TYPED = HOSTILE.replaceAll("\u0000", "");
/* biome-ignore-start lint/suspicious/noControlCharactersInRegex: they are what must not come out */
const RAW = [/\u001b/, /\u0007/, /\u009b/, /\u0000/, /[\u202a-\u202e\u2066-\u2069]/, /##vso\[/, /##\[/, /::add-mask::/];
const LINE = [/^\s*::\w/m, /\r/, /\u2028/];
const INVISIBLE = [/\u001b/, /\u0007/, /\u009b/, /\u202e/, /\r/, /\u2028/];
/* biome-ignore-end lint/suspicious/noControlCharactersInRegex: as above */

function assertHarmless(text: string, what: string): void {
  for (const pattern of [...RAW, ...LINE]) assert.doesNotMatch(text, pattern, what);
  assert.ok(!text.includes(LOOK_ALIKE), `${what}: what looks like a token`);
}

/** The value with every string in it, or the one at `only`, hostile; keys stay. */
function hostile<T>(value: T, only?: number, count = { at: 0 }): T {
  if (typeof value === "string") return (only === undefined || count.at++ === only ? HOSTILE : value) as T;
  if (Array.isArray(value)) return value.map((item) => hostile(item, only, count)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hostile(item, only, count)])) as T;
}
const strings = (value: unknown): number => {
  const count = { at: 0 };
  hostile(value, -1, count);
  return count.at;
};

describe("texts that aren't ours", function () {
  this.timeout(60_000);
  const made: Made[] = [
    {
      current: { tokenId: "now" },
      candidates: [{ tokenId: "new" }],
      retiring: [{ tokenId: "old", revokeAfter: NOW }],
      inputs: {
        comment: "for CI",
        scopes: ["sql"],
        workspace: { profile: "p", configNamespace: "n", authType: "pat" },
      },
      unfinished: [{ code: "not-proved", since: 0 }],
    },
    { name: "other", nonce: "bb", current: { tokenId: "far" } },
  ];
  const state = (): { version: number } => JSON.parse(exported(made, { pending: [{ name: "later", nonce: "cc" }] }));
  const tokens = (): WorkspaceTokenInfo[] => [
    listed("now", { of: made[0]!, text: "for CI", scopes: ["sql", "authentication"] }),
    listed("lost", { of: made[0]! }),
    listed("stray", { of: { nonce: "dd" } }),
    listed("ada's", { text: "my laptop" }),
  ];

  /** What the audit prints of a state and a listing: for people with and without a terminal, as JSON, as a page. */
  function report(text: string, listing: readonly WorkspaceTokenInfo[], owners: "all" | string[] = "all"): string[] {
    let read: ExportedState | undefined;
    const problems: DatabricksTokensError[] = [];
    try {
      read = readExport(text);
      problems.push(...read.problems);
    } catch (error) {
      assert.ok(error instanceof DatabricksTokensError, String(error));
      problems.push(error);
    }
    const seen = seenOf(listing, { owners });
    const sights = [sightOf(seen)];
    const rows = read ? classify(read, [seen]) : [];
    const document = documentOf({ exitCode: 0, ...(read && { state: read }), sights, rows, problems, advice: [] });
    for (const width of [undefined, 200]) {
      // As it is before the last look, so that nothing leans on that alone.
      const shown = asText(document, { width, colour: false, ascii: false, all: true });
      for (const pattern of INVISIBLE) assert.doesNotMatch(shown, pattern);
      assert.ok(!shown.includes(LOOK_ALIKE));
      assertHarmless(printed(shown, false), "table and timeline");
    }
    assertHarmless(asPage(document, new Date(NOW)).replace(/\n##?/g, ""), "page");
    return [JSON.stringify(document)];
  }

  it("of a state: each of its strings alone, and all of them at once", () => {
    const all = strings(state());
    assert.ok(all > 60, "the state has many strings");
    for (let at = 0; at < all; at += 1) report(JSON.stringify(hostile(state(), at)), tokens());
    report(JSON.stringify(hostile(state())), tokens());
    for (const version of [HOSTILE, [HOSTILE], { a: HOSTILE }]) {
      const changed = JSON.stringify(state()).replaceAll(
        '"schemaVersion":1',
        `"schemaVersion":${JSON.stringify(version)}`,
      );
      report(changed, tokens());
    }
  });

  it("of a listing, and of the owners that a list is of", () => {
    const all = strings(tokens());
    for (let at = 0; at < all; at += 1) report(JSON.stringify(state()), hostile(tokens(), at));
    report(JSON.stringify(state()), hostile(tokens()), [HOSTILE, HOST]);
  });

  it("our own colours stay on a terminal, and columns stay columns", () => {
    const text = `\u001b[31mwrong\u001b[39m    tokens    a   b ├━◆ ${"x".repeat(400)}`;
    assert.equal(printed(text, true), text);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
    assert.equal(printed(text, false), text.replace(/\u001b\[\d+m/g, ""));
  });

  describe("of other programs and workspaces, in the real process", () => {
    let folder: string;
    let workspace: LocalWorkspace;
    before(async () => {
      folder = mkdtempSync(join(tmpdir(), "pdt-hostile-"));
      workspace = await LocalWorkspace.start();
      writeFileSync(join(folder, "Pulumi.yaml"), "name: p\nruntime: nodejs\n");
    });
    after(async () => {
      rmSync(folder, { recursive: true, force: true });
      await workspace.stop();
    });

    /** A Pulumi CLI that answers `said` by the beginning of its arguments, else fails with a hostile text. */
    function pulumiSays(said: Record<string, unknown>): void {
      const script = `const said = ${JSON.stringify(said)};
const args = process.argv.slice(2).join(" ");
const key = Object.keys(said).find((start) => args.startsWith(start));
if (key === undefined) { process.stderr.write(${JSON.stringify(HOSTILE)}); process.exit(1); }
process.stdout.write(typeof said[key] === "string" ? said[key] : JSON.stringify(said[key]));`;
      writeFileSync(join(folder, "pulumi"), `#!${process.execPath}\n${script}\n`);
      chmodSync(join(folder, "pulumi"), 0o755);
    }
    async function run(args: string[], env: Record<string, string> = {}): Promise<string> {
      const { stdout, stderr } = await databricksTokens(args, {
        cwd: folder,
        env: { PATH: `${folder}:${process.env.PATH}`, HOME: folder, DATABRICKS_HTTP_TIMEOUT_SECONDS: "5", ...env },
      });
      for (const text of [stdout, stderr]) assertHarmless(text, args.join(" "));
      return stdout + stderr;
    }

    it("the Pulumi CLI's errors, names and outputs: doctor, write and audit", async () => {
      const here = { DATABRICKS_HOST: workspace.host, DATABRICKS_TOKEN: workspace.admin.token };
      const commands = [["doctor"], ["doctor", "--stack", "dev"], ["audit"], ["audit", "--stack", "dev", "--json"]];
      const writes = [
        ["write", "netrc", "--stack", "dev"],
        ["write", "netrc", "--stack", "dev", "--output", "none"],
        ["write", "profile", "--stack", "dev", "--output", TYPED],
      ];
      const config = { "databricks:host": { value: HOSTILE }, [`databricks:${HOSTILE}`]: { value: HOSTILE } };
      for (const said of [
        {},
        { "stack --show-name": HOSTILE, "stack export": HOSTILE, "config --json": HOSTILE, "stack output": HOSTILE },
        {
          "stack --show-name": "dev",
          "config --json": config,
          "stack output": { [HOSTILE]: "[secret]", a: "[secret]" },
        },
        { "stack output": { [HOSTILE]: "[secret]", host: HOSTILE } },
        {
          "config --json": config,
          "stack export": hostile(state()),
          "stack --show-name": HOSTILE,
          whoami: { url: HOSTILE },
        },
      ]) {
        pulumiSays(said);
        for (const args of [...commands, ...writes, ["audit", "--stack", "dev", "--revoke-orphans", "--yes"]])
          await run(args, here);
      }
    });

    it("the workspace's names and comments, and its refusals: doctor and audit", async () => {
      const user = workspace.addUser(HOSTILE, { admin: true });
      workspace.mint(user, { comment: HOSTILE });
      const env = { DATABRICKS_HOST: workspace.host, DATABRICKS_TOKEN: user.token };
      pulumiSays({
        "stack export": { version: 3, deployment: {} },
        "stack --show-name": "o/p/dev",
        "config --json": {},
      });
      assert.match(await run(["doctor", "--stack", "dev"], env), /signed in as /);
      assert.match(await run(["audit", "--stack", "dev", "--all"], env), /not-ours/);
      const refused = { error_code: HOSTILE, message: HOSTILE };
      for (const status of [400, 403, 500]) {
        workspace.faults.add({ kind: "status", status, body: refused, times: 50, path: /./ } as never);
        await run(["doctor", "--stack", "dev"], env);
        await run(["audit", "--stack", "dev", "--html", "page.html"], env);
      }
    });

    it("what is typed, or stands in the environment and in profiles", async () => {
      pulumiSays({});
      for (const args of [[TYPED], ["audit", "--fail-on", TYPED], ["audit", `--${TYPED}`], ["write", TYPED]])
        await run(args);
      await run(["doctor", "--dir", `x${TYPED}`]);
      writeFileSync(
        join(folder, ".databrickscfg"),
        `[a${HOSTILE.split("\n")[1]}]\nhost = ${workspace.host}\ntoken = t\n`,
      );
      await run(["doctor"], { DATABRICKS_CONFIG_PROFILE: TYPED });
      await run(["doctor"], { DATABRICKS_HOST: TYPED, DATABRICKS_TOKEN: "t" });
    });
  });
});
