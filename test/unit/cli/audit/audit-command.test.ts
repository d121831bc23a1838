import assert from "node:assert/strict";
import { audit } from "../../../../provider/cli/audit/audit";

describe("audit: the command", () => {
  it("ends with 3 and says why in the way that was asked for, also where this package has a defect", async () => {
    // Longer than any file system takes: nothing here expects that.
    const { code, text } = await audit(["--json", "--dir", "x".repeat(5_000)]);
    const { exitCode, problems } = JSON.parse(text);
    assert.deepEqual([code, exitCode, problems[0].code], [3, 3, "UNEXPECTED"]);
    assert.match(problems[0].text, /ENAMETOOLONG.*Please report it$/);
    const wrong = JSON.parse((await audit(["--json", "--nonsense"])).text);
    assert.deepEqual([wrong.exitCode, wrong.problems[0].code], [3, "INVALID_INPUT"]);
  });
});
