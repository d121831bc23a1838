import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import ts from "typescript";

const ROOT = resolve(__dirname, "..", "..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** The members of the union ErrorCode, as they stand in the source. */
function codes(): string[] {
  const [, union = ""] = /export type ErrorCode =([\s\S]*?);/.exec(read("provider/errors.ts")) ?? [];
  return [...union.matchAll(/^\s*\|\s*"([A-Z_]+)"/gm)].map(([, code]) => code!);
}

/** Words that look like a code and are the name of something else. */
const NAMES: readonly RegExp[] = [
  // environment variables: Databricks', Azure's, GitHub's, Pulumi's, Node's, and what every program knows
  /^(DATABRICKS|ARM|AZURE|ACTIONS|GITHUB|SYSTEM|NODE|XDG)_[A-Z_]+$/,
  /^PULUMI_(CONFIG|BACKEND|SKIP|OPTION|ACCESS|HOME|NODEJS)[A-Z_]*$/,
  /^(HTTPS?_PROXY|NO_PROXY|NO_COLOR|FORCE_COLOR|FAULT_RUNS|BENCH_AGAINST|INIT_CWD|TF_VAR[A-Z_]*)$/,
  // permissions on the workspace
  /^CAN_(USE|MANAGE)$/,
];

/** In a document any word like CODE_WORD; in source texts only what stands in brackets or backticks. */
const IN_DOCUMENT = /(?<![\w/.-])([A-Z]+(?:_[A-Z]+)+)(?![\w-])/g;
const IN_SOURCE = /[[`]([A-Z]+(?:_[A-Z]+)+)[\]`]/g;

function codeLike(path: string, text: string): string[] {
  const isSource = path.endsWith(".ts");
  const parts = isSource ? wordsOf(text) : [text];
  const found = parts
    .flatMap((part) => [...part.matchAll(isSource ? IN_SOURCE : IN_DOCUMENT)])
    .map(([, word]) => word!);
  return found.filter((word) => !NAMES.some((name) => name.test(word)));
}

/** The comments, strings and templates of a source file. */
const wordsOf = (text: string): string[] => [...(text.match(/\/\*[\s\S]*?\*\/|\/\/.*/g) ?? []), ...literalsOf(text)];

function literalsOf(text: string): string[] {
  const literals: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateLiteralToken(node)) literals.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("text.ts", text, ts.ScriptTarget.Latest));
  return literals;
}

/** What people read: documents, and comments and messages of the published code and its examples. */
function texts(): string[] {
  const listed = execFileSync("git", ["ls-files", "*.md", "provider/*.ts", "examples", "docs"], { cwd: ROOT });
  return listed
    .toString()
    .split("\n")
    .filter((path) => /\.(md|ts)$/.test(path));
}

describe("error codes", () => {
  it("each have a section in docs/errors.md, and no other does", () => {
    const sections = [...read("docs/errors.md").matchAll(/^### (.+)$/gm)].map(([, title]) => title!);
    assert.ok(codes().length > 50, "the union is read");
    assert.deepEqual(
      codes().filter((code) => !sections.includes(code)),
      [],
      "codes without a section",
    );
    assert.deepEqual(
      sections.filter((title) => !codes().includes(title)),
      [],
      "sections without a code",
    );
    assert.equal(new Set(sections).size, sections.length, "one section a code");
  });

  it("are followed by what happened and what to do", () => {
    const [, ...sections] = read("docs/errors.md").split(/^### /m);
    for (const section of sections) {
      const [title = "", ...lines] = section.split(/^## /m)[0]!.trim().split("\n");
      assert.match(lines.join("\n").trim(), /^[^*]{15,}\.\n\*\*Do:\*\* .{15,}\.$/, title);
    }
  });

  it("stand in texts that hold no piece of our own source", () => {
    const spilt = (text: string): boolean => /["'`] \+\s*\n/.test(text);
    assert.ok(spilt('under " +\n      "the name'));
    const broken = texts()
      .filter((path) => path.endsWith(".ts"))
      .flatMap((path) => literalsOf(read(path)).map((text) => `${path}: ${text}`))
      .filter(spilt);
    assert.deepEqual(broken, []);
  });

  it("are the only words in code's clothes", () => {
    const source = [
      "/** [NO_SUCH_CODE] */",
      "fail(`no, $",
      "{what[THE_KEY]} [NOR_THIS]`, 'set `DATABRICKS_HOST`');",
    ].join("");
    assert.deepEqual(codeLike("a.ts", source), ["NO_SUCH_CODE", "NOR_THIS"]);
    assert.deepEqual(codeLike("a.md", "NOR_THIS in DATABRICKS_HOST"), ["NOR_THIS"]);
    const known = new Set(codes());
    // Databricks' own codes are quoted by comments on its answers.
    const theirs = new Set(["RESOURCE_DOES_NOT_EXIST"]);
    const strange = texts().flatMap((path) => {
      const words = codeLike(path, read(path)).filter((word) => !known.has(word) && !theirs.has(word));
      return words.map((word) => `${path}: ${word}`);
    });
    assert.deepEqual(strange, []);
  });
});
