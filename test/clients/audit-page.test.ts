import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import type { Page } from "puppeteer-core";
import type { AuditDocument, AuditedToken } from "../../provider/cli/audit/document";
import { KINDS } from "../../provider/cli/audit/kinds";
import { asPage } from "../../provider/cli/audit/page/page";
import { NOW } from "../unit/audit-state";
import { Audited, HOSTILE } from "./audited";
import { Chromium } from "./chromium";

/** What is seen of a page is asked in its own language: these texts run in the browser. */
const SHOWN_IDS = "[...document.querySelectorAll('tbody tr:not([hidden])')].map((row) => row.lastChild.textContent)";
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const WIDE = { width: 1400, height: 6000 };
const PHONE = { width: 360, height: 12_000, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };

describe("the audit's page in a real browser: Debian's chromium", function () {
  this.timeout(120_000);
  let chromium: Chromium | undefined;
  let audited: Audited;
  let document: AuditDocument;
  let page: Page;
  /** Every address that was asked for, and every complaint of the browser, by the page of the test at hand. */
  let requests: string[];
  let complaints: string[];

  before(async function () {
    this.timeout(600_000); // the package may have to be installed
    chromium = await Chromium.start();
    if (!chromium) return this.skip();
    audited = await Audited.start();
    ({ document } = await audited.run("--state", audited.state, "--json", "--html", audited.page));
  });
  after(async () => {
    await chromium?.stop();
    await audited?.stop();
  });
  beforeEach(async () => {
    [requests, complaints] = [[], []];
    page = await chromium!.open();
    page.on("request", (request) => requests.push(request.url()));
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("dialog", (dialog) => dialog.dismiss());
    await page.setViewport(WIDE);
  });
  afterEach(async () => {
    await page?.close();
    assert.deepEqual(complaints, []);
    assert.deepEqual(
      requests.filter((url) => !url.startsWith("file:")),
      [],
    );
  });

  const open = (file = audited.page) => page.goto(pathToFileURL(file).href);
  const ask = async <T>(code: string): Promise<T> => (await page.evaluate(code)) as T;
  const ids = () => ask<string[]>(SHOWN_IDS);
  const idsOf = (tokens: readonly AuditedToken[]) => tokens.map(({ tokenId }) => tokenId);
  const press = (name: string) => page.click(`aria/${name}[role="button"]`);
  const search = async (text: string) => {
    await page.click("#search", { count: 3 });
    await page.keyboard.press("Backspace");
    await page.type("#search", text);
  };
  const status = () => ask<string>("document.querySelector('[role=status]').textContent");
  const violations = () =>
    ask<string[]>(
      `${AXE}; axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map((node) => id + " " + node.html)))`,
    );

  it("asks for nothing but its file, and what is hostile stays text", async () => {
    await open();
    await press("not-ours 2");
    await search("done");
    assert.deepEqual(requests, [pathToFileURL(audited.page).href]);
    assert.equal(await ask("typeof hacked"), "undefined");
    const cells = await ask<string[]>("[...document.querySelectorAll('tbody td')].map((cell) => cell.textContent)");
    for (const text of Object.values(HOSTILE)) assert.ok(cells.includes(text), text);
    const elements = "script, img, a, iframe, [onfocus], [onload], [onerror]";
    assert.equal(await ask(`document.querySelectorAll("${elements}").length`), 1, "its own script alone");
    const dom = await page.content();
    for (const secret of audited.secrets) assert.ok(!dom.includes(secret));
  });

  it("runs and loads nothing even of markup that was not escaped", async () => {
    const host = audited.workspace.host;
    const holes = [
      "<script>hacked = 1</script>",
      "<img src=x onerror='hacked = 1'>",
      "<body style='display: none' onload='hacked = 1'>",
      `<link rel=stylesheet href='${host}/a.css'><img src='${host}/a.png'><iframe src='${host}/'></iframe>`,
      `<base href='${host}/'><script src='${host}/a.js'></script>`,
      `<form action='${host}/'><button id=hole>x</button></form>`,
    ];
    const file = join(audited.folder, "hole.html");
    const calls = audited.workspace.calls.length;
    writeFileSync(file, audited.html().replace("<main>", `<main>${holes.join("")}`));
    const torn = await chromium!.open();
    try {
      let blocked = 0;
      torn.on("console", (message) => {
        if (/Content Security Policy/.test(message.text())) blocked += 1;
      });
      await torn.goto(pathToFileURL(file).href);
      await torn.click("#hole");
      for (let waited = 0; blocked < holes.length && waited < 100; waited += 1) await sleep(50);
      assert.ok(blocked >= holes.length, `the browser says what it blocked, ${blocked} times`);
      assert.equal(await torn.evaluate("typeof hacked"), "undefined");
      assert.equal(audited.workspace.calls.length, calls);
    } finally {
      await torn.close();
    }
  });

  it("is whole without JavaScript, with nothing to press that does nothing", async () => {
    await page.setJavaScriptEnabled(false);
    await open();
    assert.deepEqual(await ids(), idsOf(document.tokens));
    assert.deepEqual(await page.$$("aria/[role='button']"), []);
    const text = await ask<string>("document.body.innerText");
    for (const token of document.tokens) assert.ok(text.includes(token.tokenId));
    for (const part of ["Needs attention", "Lifetimes", "rotation-due", "--revoke-orphans", "1 orphan, 1 unclaimed"])
      assert.ok(text.includes(part), part);
  });

  it("sorts by each column, up and down, what is not known last", async () => {
    await open();
    const at = (time: string | null) => (time === null ? undefined : Date.parse(time));
    const keys: Record<string, (token: AuditedToken) => number | string | undefined> = {
      Kind: ({ kind }) => KINDS.indexOf(kind),
      Name: ({ name, marker, kind }) =>
        (kind === "other-stack" ? `ci organization/p/${marker!.stack}` : name) || undefined,
      Owner: ({ owner }) => owner ?? undefined,
      Age: ({ createdAt }) => -at(createdAt)!,
      Left: ({ expiresAt }) => at(expiresAt) ?? Number.POSITIVE_INFINITY,
      "Last used": ({ lastUsedOn, usageKnown }) => at(lastUsedOn) ?? (usageKnown ? 0 : undefined),
      Flags: ({ flags, retiringUntil }) =>
        [...flags, ...(retiringUntil ? [`until ${retiringUntil.slice(0, 10)}`] : [])].join(", ") || undefined,
      Comment: ({ comment }) => comment || undefined,
      Scopes: ({ scopes }) => scopes?.join(", ") ?? "all",
      "Token id": ({ tokenId }) => tokenId,
    };
    const compare = (a: string | number, b: string | number) =>
      typeof a === "string"
        ? a.localeCompare(String(b), "en", { numeric: true, sensitivity: "base" })
        : Math.sign(a - Number(b)) || 0;
    for (const [name, key] of Object.entries(keys)) {
      for (const [direction, sign] of [
        ["ascending", 1],
        ["descending", -1],
      ] as const) {
        await press(name);
        const expected = document.tokens.toSorted((a, b) => {
          const [x, y] = [key(a), key(b)];
          if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined);
          return sign * (name === "Token id" ? (x < y ? -1 : 1) : compare(x, y));
        });
        assert.deepEqual(await ids(), idsOf(expected), `${name} ${direction}`);
        const sorted = await ask(
          "[...document.querySelectorAll('th[aria-sort]')].map((th) => [th.textContent, th.ariaSort])",
        );
        assert.deepEqual(sorted, [[name, direction]]);
      }
    }
  });

  it("sorts numbers in names as numbers, and has columns that tell the tokens apart", async () => {
    await open();
    await press("managed 2");
    await press("dead 1");
    await press("Name");
    const names = await ask(
      "[...document.querySelectorAll('tbody tr:not([hidden])')].map((row) => row.cells[1].textContent)",
    );
    assert.deepEqual(names, ["ci", "etl-2", "etl-10"]);
    await press("Left");
    const left = await ask(
      "[...document.querySelectorAll('tbody tr:not([hidden])')].map((row) => row.cells[4].firstChild.textContent)",
    );
    assert.deepEqual(left, ["-11 d ", "30 d ", "79 d "]);
  });

  it("searches every text, filters by kind, and says how many are shown", async () => {
    await open();
    assert.equal(await status(), "9 tokens");
    const found = async (text: string) => {
      await search(text);
      return (await ids()).length;
    };
    assert.equal(await found("ADA@example"), 1);
    assert.equal(await found("for CI"), 2);
    assert.equal(await status(), "2 of 9 tokens");
    assert.equal(await found("ci managed"), 1, "all words, wherever they stand");
    assert.equal(await found("authentication"), 1);
    assert.equal(await found("organization/p/prod"), 1);
    assert.equal(await found(document.tokens[4]!.tokenId.slice(8, 40)), 1);
    assert.equal(await found("nothing like this"), 0);
    assert.equal(await ask("document.querySelector('.none').checkVisibility()"), true);
    await search("");
    assert.equal(await ask("document.querySelector('.none').checkVisibility()"), false);
    await press("orphan 1");
    await press("dead 1");
    assert.deepEqual(await ids(), idsOf(document.tokens.filter(({ kind }) => kind === "orphan" || kind === "dead")));
    assert.equal(await found("etl"), 1);
    await press("dead 1");
    assert.equal(await status(), "0 of 9 tokens");
    await press("orphan 1");
    await search("");
    assert.equal(await status(), "9 tokens");
  });

  it("is worked by keyboard alone, and shows where the focus is", async () => {
    await open();
    const focused = () => ask<string>("document.activeElement.innerText || document.activeElement.id");
    const outline = () => ask<string>("getComputedStyle(document.activeElement).outlineStyle");
    const order: string[] = [];
    for (let tabs = 0; tabs < 18; tabs += 1) {
      await page.keyboard.press("Tab");
      order.push(await focused());
      assert.equal(await outline(), "solid", order.at(-1));
      if (order.at(-1) === "search") await page.keyboard.type("etl");
      if (order.at(-1) === "dead 1") await page.keyboard.press("Space");
      if (order.at(-1) === "Owner") await page.keyboard.press("Enter");
    }
    const kinds = KINDS.map((kind) => `${kind} ${document.tokens.filter((token) => token.kind === kind).length}`);
    assert.deepEqual(order.slice(0, 9), ["search", ...kinds, "Kind"]);
    assert.deepEqual(await ids(), idsOf(document.tokens.filter(({ kind }) => kind === "dead")));
    const states = "[document.querySelector('[data-k=dead]').ariaPressed, document.querySelectorAll('th')[2].ariaSort]";
    assert.deepEqual(await ask(states), ["true", "ascending"]);
  });

  it("fits a phone of 360 pixels: nothing beside the screen, no small print, cells with their names", async () => {
    await page.setViewport(PHONE);
    await open();
    assert.equal(await ask("document.documentElement.scrollWidth"), 360);
    const all = "[...document.querySelectorAll('body *')].filter((e) => e.checkVisibility())";
    const beside = `${all}.filter((e) => !e.closest('svg') && e.getBoundingClientRect().right > 360).map((e) => e.outerHTML)`;
    assert.deepEqual(await ask(beside), []);
    const sizes = `${all}.filter((e) => e.textContent).map((e) => parseFloat(getComputedStyle(e).fontSize))`;
    assert.ok((await ask<number>(`Math.min(...${sizes})`)) >= 13);
    const labels = "[...document.querySelector('tbody tr').cells].map((e) => getComputedStyle(e, '::before').content)";
    assert.equal(
      (await ask<string[]>(labels)).join(),
      '"Kind","Name","Owner","Age","Left","Last used","Flags","Comment","Scopes","Token id"',
    );
    const small =
      "[...document.querySelectorAll('button, #search')].filter((e) => e.getBoundingClientRect().height < 24).length";
    assert.equal(await ask(small), 0, "buttons that a finger hits");
    await press("Age");
    assert.equal((await ids())[0], document.tokens.toSorted((a, b) => a.ageDays! - b.ageDays!)[0]!.tokenId);
  });

  for (const scheme of ["light", "dark"]) {
    for (const [screen, viewport] of Object.entries({ wide: WIDE, phone: PHONE })) {
      it(`axe finds nothing to complain about: ${scheme}, ${screen}`, async () => {
        await page.setViewport(viewport);
        await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
        await open();
        await press("managed 2");
        await press("orphan 1");
        await press("Age");
        assert.deepEqual(await violations(), []);
      });
    }
  }

  it("is dark where dark is preferred", async () => {
    await open();
    const brightness = async () =>
      await ask<number[]>(
        "['backgroundColor', 'color'].map((name) => getComputedStyle(document.body)[name].match(/\\d+/g).slice(0, 3).reduce((a, b) => a + +b, 0) / 765)",
      );
    const [ground, text] = await brightness();
    assert.ok(ground! > 0.9 && text! < 0.2);
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "dark" }]);
    const [darkGround, lightText] = await brightness();
    assert.ok(darkGround! < 0.15 && lightText! > 0.85);
  });

  it("prints every row, also those that are filtered out, without controls, the heads on each page", async () => {
    await open();
    await press("dead 1");
    await page.emulateMediaType("print");
    const seen = (selector: string) =>
      ask<number>(`[...document.querySelectorAll("${selector}")].filter((e) => e.checkVisibility()).length`);
    assert.deepEqual([await seen("#controls *"), await seen("tbody tr"), await seen("thead th")], [0, 9, 10]);
    const style = (selector: string, name: string) =>
      ask<string>(`getComputedStyle(document.querySelector("${selector}"))["${name}"]`);
    assert.equal(await style("tbody tr", "breakInside"), "avoid");
    assert.equal(await style("tbody tr", "contentVisibility"), "visible");
    assert.equal(await style("thead", "display"), "table-header-group");
    // Chromium repeats no head that has boxes of buttons.
    assert.equal(await style("th button", "display"), "contents");
    const paper = Buffer.from(await page.pdf({ preferCSSPageSize: true }));
    assert.equal(paper.subarray(0, 5).toString(), "%PDF-");
  });

  it("10,000 tokens: search, filter and sort give what they should", async () => {
    const [first] = document.tokens;
    const tokens = Array.from(
      { length: 10_000 },
      (_, index): AuditedToken => ({
        ...first!,
        ...(index % 10 === 0 ? { kind: "other-stack" } : { kind: "not-ours", name: null }),
        tokenId: `id-${index}`,
        comment: `number-${(index * 7_919) % 10_000}`,
        createdAt: new Date(NOW - ((index * 104_729) % 10_000) * 60_000).toISOString(),
      }),
    );
    const file = join(audited.folder, "many.html");
    writeFileSync(file, asPage({ ...document, tokens }, new Date(NOW)));
    await page.setViewport({ width: 1400, height: 900 });
    await open(file);
    assert.equal(await status(), "10000 tokens");
    await search("Number-77");
    const with77 = tokens.filter(({ comment }) => comment.includes("number-77"));
    assert.deepEqual(await ids(), idsOf(with77));
    assert.equal(await status(), `${with77.length} of 10000 tokens`);
    await page.click("#kinds [data-k=other-stack]");
    assert.deepEqual(await ids(), idsOf(with77.filter(({ kind }) => kind === "other-stack")));
    await search("");
    await page.click("#kinds [data-k=other-stack]");
    await page.click("th:nth-child(8) button");
    const number = ({ comment }: AuditedToken) => Number(comment.slice(7));
    assert.deepEqual(await ids(), idsOf(tokens.toSorted((a, b) => number(a) - number(b))));
    await page.click("th:nth-child(4) button");
    assert.deepEqual(await ids(), idsOf(tokens.toSorted((a, b) => (a.createdAt! < b.createdAt! ? 1 : -1))));
    assert.ok(readFileSync(file).length < 8_000_000);
  });
});
