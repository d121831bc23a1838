import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { LocalWorkspace } from "../workspace";
import { ROOT } from "./stack";

const readme = (name: string): string => readFileSync(join(ROOT, "examples", name, "README.md"), "utf8");
const HERE = readdirSync(join(ROOT, "examples")).filter((name) => !readme(name).includes("**Does not run here**"));
/** The one whose stack another example reads. */
const FIRST = "quickstart";

/**
 * The commands of each example's README, as they stand, in a copy of it: stacks write their settings beside the program.
 * They go as far as the preview; examples.test.ts and examples-stores.test.ts run the same programs to their end.
 */
describe("the commands in the examples' READMEs, on the real engine", function () {
  this.timeout(300_000);
  let workspace: LocalWorkspace;
  let home: string;
  let copies: string;

  before(async () => {
    workspace = await LocalWorkspace.start();
    home = mkdtempSync(join(tmpdir(), "pdt-readme-"));
    mkdirSync(join(ROOT, ".cache"), { recursive: true });
    copies = mkdtempSync(join(ROOT, ".cache", "readme-"));
    mkdirSync(join(copies, "examples"));
    cpSync(join(ROOT, "Pulumi.yaml"), join(copies, "Pulumi.yaml"));
    for (const name of HERE) {
      cpSync(join(ROOT, "examples", name), join(copies, "examples", name), {
        recursive: true,
        filter: (path) => !/Pulumi\.\w+\.yaml$/.test(path),
      });
    }
  });
  after(async () => {
    rmSync(home, { recursive: true, force: true });
    rmSync(copies, { recursive: true, force: true });
    await workspace.stop();
  });

  for (const name of [FIRST, ...HERE.filter((other) => other !== FIRST)]) {
    it(name, async () => {
      const block = /```console\n([\s\S]*?)```/.exec(readme(name))?.[1] ?? "";
      const lines = block.split("\n").flatMap((line) => (line.startsWith("$ ") ? [line.slice(2)] : []));
      const upTo = lines.findIndex((line) => / -- up\b/.test(line));
      assert.ok(upTo > 0, block);
      const up = name === FIRST ? "up --yes --skip-preview" : "preview";
      const script = lines
        .slice(0, upTo + 1)
        .map((line) => line.replace("npm run pulumi -- up", `pulumi ${up}`).replace("npm run pulumi -- ", "pulumi "))
        .join("\n");
      const env = {
        PATH: process.env.PATH,
        HOME: home,
        NO_COLOR: "1",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_BACKEND_URL: `file://${home}`,
        PULUMI_CONFIG_PASSPHRASE: "try",
        DATABRICKS_HOST: workspace.host,
        DATABRICKS_TOKEN: workspace.admin.token,
      };
      const run = promisify(execFile)("sh", ["-euc", script], { cwd: copies, env });
      const { stdout } = await run.catch((error) => assert.fail(`${script}\n${error.stdout}\n${error.stderr}`));
      assert.match(stdout, name === FIRST ? /2 created/ : /Resources:\n {4}\+ \d+ to create/);
    });
  }
});
