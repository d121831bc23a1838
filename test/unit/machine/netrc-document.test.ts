import assert from "node:assert/strict";
import { NetrcDocument, netrcProblem } from "../../../provider/machine/netrc-document";

const VALUE = { login: "token", password: "new" };
const ENTRY = "machine h\nlogin token\npassword new\n";

describe("netrc document", () => {
  const added = (text: string): string => new NetrcDocument(text).with("h", VALUE).toString();

  it("adds at the end, or before default and the comments over it", () => {
    assert.equal(added(""), ENTRY);
    assert.equal(added("machine a login b password c\n"), `machine a login b password c\n${ENTRY}`);
    assert.equal(added("# top\ndefault login x\n"), `${ENTRY}# top\ndefault login x\n`);
    assert.equal(added("machine a\n\n# over\n  default login x\n"), `machine a\n\n${ENTRY}# over\n  default login x\n`);
    assert.equal(
      added("machine a login b default login x\n"),
      "machine a login b machine h login token password new default login x\n",
    );
    // That is a value, not a comment over `default`.
    assert.equal(
      added("machine a password\n#v\ndefault login x\n"),
      `machine a password\n#v\n${ENTRY}default login x\n`,
    );
  });

  it("keeps CRLF, and a text without a newline at its end stays one", () => {
    assert.equal(
      added("machine a\r\n login b\r\n"),
      "machine a\r\n login b\r\nmachine h\r\nlogin token\r\npassword new\r\n",
    );
    assert.equal(added("machine a"), "machine a\nmachine h\nlogin token\npassword new");
    assert.equal(new NetrcDocument(added("machine a")).without("h").toString(), "machine a");
  });

  it("ends an open macro with a blank line, and takes nothing in a macro for an entry", () => {
    const macro = "macdef init\nmachine h login not password this\n";
    const document = new NetrcDocument(macro);
    assert.equal(document.value("h"), undefined);
    const after = document.with("h", VALUE);
    assert.equal(after.toString(), `${macro}\n${ENTRY}`);
    assert.deepEqual(after.value("h"), VALUE);
    assert.deepEqual(new NetrcDocument(`${macro}\r\n${ENTRY}`).machines, ["h"]);
  });

  it("changes values in place, whatever stands around them", () => {
    const text =
      '# a\nmachine  H\tlogin "token" # why\n  account x password   "old one"\nmachine b login c password d\n';
    const document = new NetrcDocument(text);
    assert.deepEqual(document.value("h"), { login: "token", password: "old one" });
    assert.equal(document.with("h", VALUE).toString(), text.replace('"old one"', "new"));
    assert.equal(
      new NetrcDocument("machine h # x\n").with("h", VALUE).toString(),
      "machine h login token password new # x\n",
    );
    assert.equal(
      new NetrcDocument("machine h user u").with("h", VALUE).toString(),
      "machine h user token password new",
    );
  });

  it("puts a raw entry back byte for byte", () => {
    const text = 'machine a password 1\nmachine h\n\tpassword "x y"\n\tlogin z\n\nmachine c\n';
    const document = new NetrcDocument(text);
    const changed = document.with("h", VALUE);
    assert.notEqual(changed.toString(), text);
    assert.equal(changed.restored("h", document.raw("h") ?? "").toString(), text);
  });

  it("cuts only the entry's own words", () => {
    const cut = (text: string): string => new NetrcDocument(text).without("h").toString();
    assert.equal(cut(`a\n${ENTRY}# after\n`), "a\n# after\n");
    assert.equal(cut("machine h login a password b # mine\nmachine c\n"), "# mine\nmachine c\n");
    assert.equal(cut("machine b login a machine h password b machine c\n"), "machine b login a machine c\n");
    assert.equal(cut("machine h login a password b junk\n"), "junk\n");
    assert.equal(cut(ENTRY), "");
  });

  it("takes words after their keywords for values, whatever they are", () => {
    const document = new NetrcDocument("machine h login machine password #hash\nmachine login password default\n");
    assert.deepEqual(document.value("h"), { login: "machine", password: "#hash" });
    assert.deepEqual(document.machines, ["h", "login"]);
  });

  it("takes no byte of a letter for a blank", () => {
    const bytes = (text: string): string => Buffer.from(text).toString("latin1");
    const document = new NetrcDocument(bytes("machine h login a password voilà\nmachine b\n"));
    assert.deepEqual(document.value("h"), { login: "a", password: bytes("voilà") });
    assert.equal(document.with("h", VALUE).toString(), "machine h login token password new\nmachine b\n");
    assert.equal(
      added(bytes("machine a login\n\u00A0 default")),
      bytes("machine a login\n\u00A0 machine h login token password new default"),
    );
  });

  it("refuses what has no sure meaning", () => {
    assert.throws(() => new NetrcDocument('machine a login "x\nmachine h').value("h"), /Line 1 .*STORE_UNREADABLE/);
    assert.throws(() => new NetrcDocument("machine h\nmachine H\n").value("h"), /ENTRY_AMBIGUOUS/);
  });

  it("says which values can't be written for every reader", () => {
    for (const value of ["", "a\nb", "a\tb", "\u0000", "ü", "x".repeat(4001)]) assert.ok(netrcProblem(value));
    for (const value of ["a b", '"', "\\", "#x", "'", "x".repeat(4000)]) assert.equal(netrcProblem(value), undefined);
  });
});
