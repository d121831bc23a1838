import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Browsed, PHONE, WIDE } from "./browsed";

const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

describe("the look of the audit's page in a real browser: Debian's chromium", function () {
  this.timeout(120_000);
  const browsed = new Browsed();
  const violations = () =>
    browsed.ask<string[]>(
      `${AXE}; axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map((node) => id + " " + node.html)))`,
    );

  it("fits a phone of 360 pixels: nothing beside the screen, no small print, cells with their names", async () => {
    await browsed.page.setViewport(PHONE);
    await browsed.open();
    assert.equal(await browsed.ask("document.documentElement.scrollWidth"), 360);
    const all = "[...document.querySelectorAll('body *')].filter((e) => e.checkVisibility())";
    const beside = `${all}.filter((e) => !e.closest('svg') && e.getBoundingClientRect().right > 360).map((e) => e.outerHTML)`;
    assert.deepEqual(await browsed.ask(beside), []);
    const sizes = `${all}.filter((e) => e.textContent).map((e) => parseFloat(getComputedStyle(e).fontSize))`;
    assert.ok((await browsed.ask<number>(`Math.min(...${sizes})`)) >= 13);
    const labels = "[...document.querySelector('tbody tr').cells].map((e) => getComputedStyle(e, '::before').content)";
    assert.equal(
      (await browsed.ask<string[]>(labels)).join(),
      '"Kind","Name","Owner","Age","Left","Last used","Flags","Comment","Scopes","Token id"',
    );
    const small =
      "[...document.querySelectorAll('button, #search')].filter((e) => e.getBoundingClientRect().height < 24).length";
    assert.equal(await browsed.ask(small), 0, "buttons that a finger hits");
    await browsed.press("Age");
    assert.equal(
      (await browsed.ids())[0],
      browsed.document.tokens.toSorted((a, b) => a.ageDays! - b.ageDays!)[0]!.tokenId,
    );
  });

  for (const scheme of ["light", "dark"]) {
    for (const [screen, viewport] of Object.entries({ wide: WIDE, phone: PHONE })) {
      it(`axe finds nothing to complain about: ${scheme}, ${screen}`, async () => {
        await browsed.page.setViewport(viewport);
        await browsed.page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
        await browsed.open();
        await browsed.press("managed 2");
        await browsed.press("orphan 1");
        await browsed.press("Age");
        assert.deepEqual(await violations(), []);
      });
    }
  }

  it("is dark where dark is preferred", async () => {
    await browsed.open();
    const brightness = async () =>
      await browsed.ask<number[]>(
        "['backgroundColor', 'color'].map((name) => getComputedStyle(document.body)[name].match(/\\d+/g).slice(0, 3).reduce((a, b) => a + +b, 0) / 765)",
      );
    const [ground, text] = await brightness();
    assert.ok(ground! > 0.9 && text! < 0.2);
    await browsed.page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "dark" }]);
    const [darkGround, lightText] = await brightness();
    assert.ok(darkGround! < 0.15 && lightText! > 0.85);
  });

  it("prints every row, also those that are filtered out, without controls, the heads on each page", async () => {
    await browsed.open();
    await browsed.press("dead 1");
    await browsed.page.emulateMediaType("print");
    const seen = (selector: string) =>
      browsed.ask<number>(`[...document.querySelectorAll("${selector}")].filter((e) => e.checkVisibility()).length`);
    assert.deepEqual([await seen("#controls *"), await seen("tbody tr"), await seen("thead th")], [0, 9, 10]);
    const style = (selector: string, name: string) =>
      browsed.ask<string>(`getComputedStyle(document.querySelector("${selector}"))["${name}"]`);
    assert.equal(await style("tbody tr", "breakInside"), "avoid");
    assert.equal(await style("tbody tr", "contentVisibility"), "visible");
    assert.equal(await style("thead", "display"), "table-header-group");
    // Chromium repeats no head that has boxes of buttons.
    assert.equal(await style("th button", "display"), "contents");
    const paper = Buffer.from(await browsed.page.pdf({ preferCSSPageSize: true }));
    assert.equal(paper.subarray(0, 5).toString(), "%PDF-");
  });
});
