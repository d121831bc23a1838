import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import vm from "node:vm";
import { delegateText } from "../../../provider/pulumi/delegate";

describe("delegate", () => {
  it("is the text that states out there hold: it never changes", () => {
    // If this fails, states of earlier versions hold another text than new ones. Don't update it without need.
    const hash = createHash("sha256").update(delegateText("Token")).digest("hex").slice(0, 16);
    assert.equal(hash, "95f23724583bc9f5");
  });

  it("is small and loads the lifecycle by the package's name alone", () => {
    const text = delegateText("Token");
    assert.ok(text.length <= 2048, `${text.length} bytes`);
    const exported: { handler?: () => Record<string, unknown> } = {};
    vm.runInNewContext(text, { exports: exported, require: createRequire(__filename), process });
    const provider = exported.handler?.() ?? {};
    assert.deepEqual(Object.keys(provider), ["configure", "check", "diff", "create", "read", "update", "delete"]);
  });
});
