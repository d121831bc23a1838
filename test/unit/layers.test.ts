import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, posix, resolve } from "node:path";
import ts from "typescript";

/**
 * The rooms of provider/, lowest first. A file imports its own room and those above it in this list, types too; rooms
 * of one line don't import each other. A new folder gets a line here.
 */
const ROOMS: ReadonlyArray<readonly string[]> = [
  ["secret.ts", "errors.ts", "node-version.ts"],
  ["http/"],
  ["pulumi/"],
  ["workspace/"],
  ["sign-in/"],
  ["session/"],
  ["program/"],
  ["token/", "databricks-secrets/", "machine/"],
  ["lifecycle.ts", "audit/"],
  ["plugin/", "cli/", "index.ts"],
];

const PROVIDER = resolve(__dirname, "..", "..", "provider");

interface Import {
  readonly from: string;
  readonly to: string;
  /** Erased by the compiler. */
  readonly isType: boolean;
}

/** A file's imports as they are written: `import`, `export from`, `import()`, `typeof import()`, `require`. */
function importsIn(file: string, text: string): Import[] {
  const found: Import[] = [];
  const add = (node: ts.Node | undefined, isType: boolean): void => {
    if (node && ts.isStringLiteralLike(node)) found.push({ from: file, to: node.text, isType });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, node.importClause?.isTypeOnly ?? false);
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
    else if (ts.isCallExpression(node) && isLoading(node)) add(node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  return found;
}

const isLoading = ({ expression }: ts.CallExpression): boolean =>
  expression.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(expression) && expression.text === "require");

/** The file that a relative import names; undefined: a package, or nothing. */
function targetOf({ from, to }: Import, files: ReadonlyMap<string, string>): string | undefined {
  if (!to.startsWith(".")) return undefined;
  const path = posix.join(posix.dirname(from), to);
  return [path, `${path}.ts`, path.replace(/\.js$/, ".ts"), posix.join(path, "index.ts")].find((name) =>
    files.has(name),
  );
}

const rowOf = (file: string): number => ROOMS.findIndex((row) => row.some((room) => isIn(file, room)));
const roomOf = (file: string): string | undefined => ROOMS.flat().find((room) => isIn(file, room));
const isIn = (file: string, room: string): boolean => (room.endsWith("/") ? file.startsWith(room) : file === room);

/** What breaks the order, a line each. */
function broken(files: ReadonlyMap<string, string>): string[] {
  const lines: string[] = [];
  for (const [file, text] of files) {
    if (!roomOf(file)) lines.push(`${file} is in no room`);
    for (const one of importsIn(file, text)) {
      const target = targetOf(one, files);
      if (one.to.startsWith(".") && !target) lines.push(`${file} imports ${one.to}, which is not there`);
      if (!target || !roomOf(target) || roomOf(target) === roomOf(file)) continue;
      // The files at the top level that are no room's own (secret, errors) use each other.
      if (rowOf(target) === 0 && rowOf(file) === 0) continue;
      if (rowOf(target) >= rowOf(file)) lines.push(`${file} imports ${target}, of a room that is not above its own`);
    }
  }
  return lines;
}

function provider(): Map<string, string> {
  const names = readdirSync(PROVIDER, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  return new Map(names.sort().map((name) => [name, readFileSync(join(PROVIDER, name), "utf8")]));
}

/** Every file that is loaded with one, and itself. */
function loadedWith(start: string, files: ReadonlyMap<string, string>): Set<string> {
  const seen = new Set<string>();
  const queue = [start];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    const loads = importsIn(file, files.get(file) ?? "").filter(({ isType }) => !isType);
    queue.push(...loads.flatMap((one) => targetOf(one, files) ?? []));
  }
  return seen;
}

describe("the rooms of provider/", () => {
  it("import only those above them, types too", () => {
    assert.deepEqual(broken(provider()), []);
  });

  it("are told apart however a file is imported", () => {
    const wrong = [
      'import { a } from "../token/state";',
      'import type { A } from "../token/state";',
      'export { a } from "../token/state";',
      'const a = require("../token/state");',
      'const a = await import("../token/state.js");',
      'type A = typeof import("../token/state");',
    ];
    for (const text of wrong) {
      const files = new Map([
        ["http/quote.ts", text],
        ["token/state.ts", 'import "../http/quote";'],
      ]);
      assert.deepEqual(
        broken(files),
        ["http/quote.ts imports token/state.ts, of a room that is not above its own"],
        text,
      );
    }
    const siblings = new Map([
      ["token/state.ts", ""],
      ["machine/netrc.ts", 'import "../token/state"; import "./gone";'],
      ["attic/old.ts", ""],
    ]);
    assert.deepEqual(broken(siblings), [
      "machine/netrc.ts imports token/state.ts, of a room that is not above its own",
      "machine/netrc.ts imports ./gone, which is not there",
      "attic/old.ts is in no room",
    ]);
  });

  it("load @pulumi/pulumi in the program alone: no lifecycle, and nothing of pulumi/", () => {
    const files = provider();
    const asks = (file: string): boolean =>
      importsIn(file, files.get(file) ?? "").some(({ to, isType }) => to.startsWith("@pulumi/") && !isType);
    assert.ok(
      [...files.keys()].some((file) => file.startsWith("program/") && asks(file)),
      "the program's side loads it",
    );
    assert.deepEqual([...loadedWith("lifecycle.ts", files)].filter(asks), []);
    assert.deepEqual(
      [...files.keys()].filter((file) => file.startsWith("pulumi/") && asks(file)),
      [],
    );
  });
});
