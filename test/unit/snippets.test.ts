import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "../engine/stack";
import { snippetsOf } from "../install/snippets";
import { PULUMI_DEFAULT } from "../install/types";

const markdown = (folder: string): string[] =>
  readdirSync(join(ROOT, folder)).flatMap((name) => (name.endsWith(".md") ? [join(folder, name)] : []));
const examples = readdirSync(join(ROOT, "examples"));
const readmes = examples.map((name) => `examples/${name}/README.md`);
const texts = [...markdown("."), ...markdown("docs"), ...readmes];

describe("what is written for people", function () {
  this.timeout(120_000);

  it("every snippet of TypeScript is complete, and compiles as it stands", async () => {
    mkdirSync(join(ROOT, ".cache"), { recursive: true });
    const folder = mkdtempSync(join(ROOT, ".cache", "snippets-"));
    try {
      let count = 0;
      for (const text of texts) {
        const place = join(folder, text.replaceAll("/", "-"));
        mkdirSync(place);
        for (const [index, snippet] of snippetsOf(text, "ts").entries()) {
          const name = /^\/\/ ([\w.-]+\.ts)\n/.exec(snippet)?.[1] ?? `snippet-${index}.ts`;
          writeFileSync(join(place, name), snippet);
          count += 1;
        }
      }
      assert.ok(count >= 7, `${count} snippets`);
      // As in a new project of Pulumi, whose node_modules has this package.
      const paths = { "pulumi-databricks-tokens": [join(ROOT, "dist", "index.d.ts")] };
      const types = ["node", "mocha"];
      const compilerOptions = { ...PULUMI_DEFAULT, skipLibCheck: true, noEmit: true, types, paths };
      writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["."] }));
      const compiler = join(ROOT, "node_modules", "typescript", "bin", "tsc");
      await promisify(execFile)(process.execPath, [compiler, "--project", folder]).catch((error) =>
        assert.fail(error.stdout),
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("npx never fetches a package of our command's name", () => {
    const workflows = ["examples/github-actions/.github/workflows/audit.yml"];
    for (const text of [...texts, ...workflows]) {
      const lines = readFileSync(join(ROOT, text), "utf8").split("\n");
      const unsafe = lines.filter((line) => /npx(?! --no databricks-tokens)\b.*databricks-tokens/.test(line));
      assert.deepEqual(unsafe, [], text);
    }
  });

  it("each example's README begins with what it needs, then how it runs here, or why it doesn't", () => {
    for (const name of examples) {
      const text = readFileSync(join(ROOT, "examples", name, "README.md"), "utf8");
      assert.match(text, /^# .*\n\n\*\*Needs\*\* \S/, name);
      const command = name === "quickstart" ? "up" : `up -C examples/${name}`;
      const runs = text.includes(`$ npm run pulumi -- ${command}\n`);
      assert.notEqual(runs, text.includes("**Does not run here**"), name);
    }
  });
});
