import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../engine/stack";

/** Whatever runs a package by its command's name, and fetches it where it is not installed. */
const RUNNERS = String.raw`(?:npx|pnpx|bunx|(?:npm|bun)\s+(?:x|exec)|(?:pnpm|yarn|bun)\s+(?:dlx|x|exec)|uvx)`;
/** Written in parts, so that this file does not match. */
const UNSAFE = new RegExp(String.raw`\b${RUNNERS}\s(?!--no\s)[^\n]*?\b(?:pulumi-)?databricks` + String.raw`-tokens\b`);

describe("the command in texts, examples and workflows", () => {
  const files = execFileSync("git", ["ls-files", "-z"], { cwd: ROOT, encoding: "utf8" }).split("\0");

  it("is never run so that npx would fetch whatever is published under its name", () => {
    const unsafe = files
      .filter((file) => file !== "" && !/^(package-lock\.json|test\/unit\/npx\.test\.ts)$/.test(file))
      .flatMap((file) =>
        readFileSync(join(ROOT, file), "utf8")
          .split("\n")
          .flatMap((line, index) => (UNSAFE.test(line) ? [`${file}:${index + 1}`] : [])),
      );
    assert.deepEqual(unsafe, []);
  });

  it("unsafe forms are seen, safe ones are not", () => {
    const name = ["databricks", "tokens"].join("-");
    for (const line of [
      `npx ${name}`,
      `npx -y ${name} audit`,
      `npx -p pulumi-${name} ${name}`,
      `npm exec ${name}`,
      `pnpm dlx ${name}`,
    ]) {
      assert.match(line, UNSAFE);
    }
    for (const line of [
      `npx --no ${name} audit`,
      `npm exec --no ${name}`,
      `${name} audit`,
      `npm install pulumi-${name}`,
    ]) {
      assert.doesNotMatch(line, UNSAFE);
    }
  });
});
