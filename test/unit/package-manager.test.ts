import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addCommand, packageManagerOf } from "../../provider/package-manager";
import { isWithinReach, outOfReach } from "../../provider/within-reach";

describe("the package manager that a message names", () => {
  let root: string;
  let folder: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "pdt-manager-"));
    folder = join(root, "infra");
    mkdirSync(folder);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const write = (path: string, text = ""): void => writeFileSync(join(root, path), text);
  const found = (env: NodeJS.ProcessEnv = {}): string => packageManagerOf(folder, env);

  it("is the one of the nearest lock file", () => {
    for (const [file, manager] of [
      ["package-lock.json", "npm"],
      ["bun.lockb", "bun"],
      ["bun.lock", "bun"],
      ["yarn.lock", "yarn"],
      ["pnpm-lock.yaml", "pnpm"],
    ] as const) {
      write(file);
      assert.equal(found({ npm_config_user_agent: "npm/11.0.0 node/v22" }), manager, file);
    }
    write("infra/yarn.lock");
    assert.equal(found(), "yarn", "the workspace's own is further away");
  });

  it("is what Pulumi.yaml says first, then package.json; a name that is none counts for nothing", () => {
    write("infra/package-lock.json");
    write("infra/package.json", '{ "packageManager": "yarn@4.9.0+sha512.x" }');
    assert.equal(found(), "yarn");
    write("infra/Pulumi.yaml", "name: x\nruntime:\n  name: nodejs\n  options:\n    packagemanager: 'pnpm'\n");
    assert.equal(found(), "pnpm");
    write("infra/Pulumi.yaml", "name: x\nruntime:\n  name: nodejs\n  options:\n    packagemanager: constructor\n");
    assert.equal(found(), "yarn");
  });

  it("else who started the process, else npm", () => {
    assert.equal(found({ npm_config_user_agent: "bun/1.2.0 npm/? node/v22" }), "bun");
    assert.equal(found({ npm_config_user_agent: "cnpm/9" }), "npm");
    assert.equal(found(), "npm");
    assert.deepEqual(addCommand("pnpm", "x"), "pnpm add x");
  });

  it("a package out of reach: where from, with what, and that the program itself has to name it", () => {
    write("infra/pnpm-lock.yaml");
    assert.equal(isWithinReach(folder), false);
    assert.equal(isWithinReach(process.cwd()), true);
    const text = outOfReach(folder, {});
    assert.ok(text.includes(folder));
    assert.match(text, /package\.json of the program itself.*pnpm add pulumi-databricks-tokens$/);
  });
});
