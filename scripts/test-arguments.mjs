import { existsSync, readdirSync } from "node:fs";
import { join, normalize } from "node:path";

/**
 * The arguments of `npm test -- ARGS`, as scripts/test.ts takes them: folders and files as paths below test/
 * (`unit`, `unit/workspace/host.test.ts` and `test/unit/` all do), everything from the first option on as mocha's.
 */
export function resolveTestArguments(root, args) {
  const firstOption = args.findIndex((arg) => arg.startsWith("-"));
  const end = firstOption < 0 ? args.length : firstOption;
  return [...args.slice(0, end).map((arg) => resolveTarget(root, arg)), ...args.slice(end)];
}

function resolveTarget(root, arg) {
  const path = normalize(arg).replace(/\/$/, "");
  const target = path === "test" || path.startsWith("test/") ? path : join("test", path);
  if (target.startsWith("test") && existsSync(join(root, target))) return target === "test" ? "test/" : target;
  throw new Error(`There are no tests at ${arg}; there are ${testFolders(root).join(", ")}`);
}

/** The folders that hold tests; test/workspace holds what they run against. */
function testFolders(root) {
  return readdirSync(join(root, "test"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .filter((entry) => readdirSync(join(root, "test", entry.name)).some((name) => name.endsWith(".test.ts")))
    .map((entry) => `test/${entry.name}`);
}
