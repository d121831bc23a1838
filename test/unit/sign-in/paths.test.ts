import assert from "node:assert/strict";
import { fromHome, isPath } from "../../../provider/sign-in/paths";

describe("paths as people write them", () => {
  it("begin in the home folder with ~, on Windows whichever way the slash leans; which is looked for only then", () => {
    const home = (): string => "/home/ada";
    const nobody = (): string => assert.fail("nobody asks for it");
    assert.equal(fromHome("~/.databrickscfg", home), "/home/ada/.databrickscfg");
    assert.equal(
      fromHome("~\\.databrickscfg", () => "C:\\Users\\ada", "win32"),
      "C:\\Users\\ada\\.databrickscfg",
    );
    assert.equal(fromHome("~", home), "/home/ada");
    for (const path of ["/etc/cfg", "~ada/cfg", "a~/b", "C:\\cfg"]) {
      assert.equal(fromHome(path, nobody), path);
    }
    // Elsewhere it is a letter of a name: the file would stand beside the home folder.
    assert.equal(fromHome("~\\.netrc", nobody, "linux"), "~\\.netrc");
  });

  it("tell a command's path from its name", () => {
    for (const path of ["C:\\tools\\databricks.exe", "tools\\databricks.exe", "c:databricks", "./databricks"]) {
      assert.ok(isPath(path, "win32"), path);
    }
    for (const name of ["databricks", "databricks.exe"]) assert.ok(!isPath(name, "win32"), name);
    assert.ok(isPath("/usr/bin/databricks", "linux") && !isPath("odd\\name", "linux"));
  });
});
