import assert from "node:assert/strict";
import { fromHome, isPath } from "../../../provider/sign-in/paths";

describe("paths as people write them", () => {
  it("begin in the home folder with ~, whichever way the slash leans; which is looked for only then", () => {
    const home = (): string => "/home/ada";
    assert.equal(fromHome("~/.databrickscfg", home), "/home/ada/.databrickscfg");
    assert.equal(
      fromHome("~\\.databrickscfg", () => "C:\\Users\\ada"),
      "C:\\Users\\ada\\.databrickscfg",
    );
    assert.equal(fromHome("~", home), "/home/ada");
    for (const path of ["/etc/cfg", "~ada/cfg", "a~/b", "C:\\cfg"]) {
      assert.equal(
        fromHome(path, () => assert.fail("nobody asks for it")),
        path,
      );
    }
  });

  it("tell a command's path from its name", () => {
    for (const path of ["C:\\tools\\databricks.exe", "tools\\databricks.exe", "c:databricks", "./databricks"]) {
      assert.ok(isPath(path, "win32"), path);
    }
    for (const name of ["databricks", "databricks.exe"]) assert.ok(!isPath(name, "win32"), name);
    assert.ok(isPath("/usr/bin/databricks", "linux") && !isPath("odd\\name", "linux"));
  });
});
