import assert from "node:assert/strict";
import { projectName } from "../../provider/cli/project";

describe("the name of a project", () => {
  for (const [what, text, expected] of [
    ["YAML", "name: engine-test\nruntime: nodejs\n", "engine-test"],
    ["YAML, not first, quoted", "runtime:\n  name: nodejs\nname: 'a.b_c'\n", "a.b_c"],
    ["JSON", '{"name": "infra", "runtime": {"name": "nodejs"}}', "infra"],
    ["JSON, not first", '{\n  "runtime": {\n"name": "nodejs" },\n  "name": "infra"\n}', "infra"],
    ["none", "runtime:\n  name: nodejs\n", undefined],
  ] as const) {
    it(what, () => assert.equal(projectName(text), expected));
  }
});
