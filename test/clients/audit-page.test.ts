import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import type { AuditedToken } from "../../provider/audit/document";
import { KINDS } from "../../provider/audit/rows";
import { asPage } from "../../provider/cli/audit/page/page";
import { NOW } from "../unit/audit/audit-state";
import { HOSTILE } from "./audited";
import { Browsed } from "./browsed";

describe("the audit's page in a real browser: Debian's chromium", function () {
  this.timeout(120_000);
  const browsed = new Browsed();
  const idsOf = (tokens: readonly AuditedToken[]) => tokens.map(({ tokenId }) => tokenId);

  it("asks for nothing but its file, and what is hostile stays text", async () => {
    await browsed.open();
    await browsed.press("not-ours 2");
    await browsed.search("done");
    assert.deepEqual(browsed.requests, [pathToFileURL(browsed.audited.page).href]);
    assert.equal(await browsed.ask("typeof hacked"), "undefined");
    const cells = await browsed.ask<string[]>(
      "[...document.querySelectorAll('tbody td')].map((cell) => cell.textContent)",
    );
    for (const text of Object.values(HOSTILE)) assert.ok(cells.includes(text), text);
    const elements = "script, img, a, iframe, [onfocus], [onload], [onerror]";
    assert.equal(await browsed.ask(`document.querySelectorAll("${elements}").length`), 1, "its own script alone");
    const dom = await browsed.page.content();
    for (const secret of browsed.audited.secrets) assert.ok(!dom.includes(secret));
  });

  it("runs and loads nothing even of markup that was not escaped", async () => {
    const host = browsed.audited.workspace.host;
    const holes = [
      "<script>hacked = 1</script>",
      "<img src=x onerror='hacked = 1'>",
      "<body style='display: none' onload='hacked = 1'>",
      `<link rel=stylesheet href='${host}/a.css'><img src='${host}/a.png'><iframe src='${host}/'></iframe>`,
      `<base href='${host}/'><script src='${host}/a.js'></script>`,
      `<form action='${host}/'><button id=hole>x</button></form>`,
    ];
    const file = join(browsed.audited.folder, "hole.html");
    const calls = browsed.audited.workspace.calls.length;
    writeFileSync(file, browsed.audited.html().replace("<main>", `<main>${holes.join("")}`));
    const torn = await browsed.chromium.open();
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
      assert.equal(browsed.audited.workspace.calls.length, calls);
    } finally {
      await torn.close();
    }
  });

  it("is whole without JavaScript, with nothing to press that does nothing", async () => {
    await browsed.page.setJavaScriptEnabled(false);
    await browsed.open();
    assert.deepEqual(await browsed.ids(), idsOf(browsed.document.tokens));
    assert.deepEqual(await browsed.page.$$("aria/[role='button']"), []);
    const text = await browsed.ask<string>("document.body.innerText");
    for (const token of browsed.document.tokens) assert.ok(text.includes(token.tokenId));
    for (const part of ["Needs attention", "Lifetimes", "rotation-due", "--revoke-orphans", "1 orphan, 1 unclaimed"])
      assert.ok(text.includes(part), part);
  });

  it("sorts by each column, up and down, what is not known last", async () => {
    await browsed.open();
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
        await browsed.press(name);
        const expected = browsed.document.tokens.toSorted((a, b) => {
          const [x, y] = [key(a), key(b)];
          if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined);
          return sign * (name === "Token id" ? (x < y ? -1 : 1) : compare(x, y));
        });
        assert.deepEqual(await browsed.ids(), idsOf(expected), `${name} ${direction}`);
        const sorted = await browsed.ask(
          "[...document.querySelectorAll('th[aria-sort]')].map((th) => [th.textContent, th.ariaSort])",
        );
        assert.deepEqual(sorted, [[name, direction]]);
      }
    }
  });

  it("sorts numbers in names as numbers, and has columns that tell the tokens apart", async () => {
    await browsed.open();
    await browsed.press("managed 2");
    await browsed.press("dead 1");
    await browsed.press("Name");
    const names = await browsed.ask(
      "[...document.querySelectorAll('tbody tr:not([hidden])')].map((row) => row.cells[1].textContent)",
    );
    assert.deepEqual(names, ["ci", "etl-2", "etl-10"]);
    await browsed.press("Left");
    const left = await browsed.ask(
      "[...document.querySelectorAll('tbody tr:not([hidden])')].map((row) => row.cells[4].firstChild.textContent)",
    );
    assert.deepEqual(left, ["-11 d ", "30 d ", "79 d "]);
  });

  it("searches every text, filters by kind, and says how many are shown", async () => {
    await browsed.open();
    assert.equal(await browsed.status(), "9 tokens");
    const found = async (text: string) => {
      await browsed.search(text);
      return (await browsed.ids()).length;
    };
    assert.equal(await found("ADA@example"), 1);
    assert.equal(await found("for CI"), 2);
    assert.equal(await browsed.status(), "2 of 9 tokens");
    assert.equal(await found("ci managed"), 1, "all words, wherever they stand");
    assert.equal(await found("authentication"), 1);
    assert.equal(await found("organization/p/prod"), 1);
    assert.equal(await found(browsed.document.tokens[4]!.tokenId.slice(8, 40)), 1);
    assert.equal(await found("nothing like this"), 0);
    assert.equal(await browsed.ask("document.querySelector('.none').checkVisibility()"), true);
    await browsed.search("");
    assert.equal(await browsed.ask("document.querySelector('.none').checkVisibility()"), false);
    await browsed.press("orphan 1");
    await browsed.press("dead 1");
    assert.deepEqual(
      await browsed.ids(),
      idsOf(browsed.document.tokens.filter(({ kind }) => kind === "orphan" || kind === "dead")),
    );
    assert.equal(await found("etl"), 1);
    await browsed.press("dead 1");
    assert.equal(await browsed.status(), "0 of 9 tokens");
    await browsed.press("orphan 1");
    await browsed.search("");
    assert.equal(await browsed.status(), "9 tokens");
  });

  it("is worked by keyboard alone, and shows where the focus is", async () => {
    await browsed.open();
    const focused = () => browsed.ask<string>("document.activeElement.innerText || document.activeElement.id");
    const outline = () => browsed.ask<string>("getComputedStyle(document.activeElement).outlineStyle");
    const order: string[] = [];
    for (let tabs = 0; tabs < 18; tabs += 1) {
      await browsed.page.keyboard.press("Tab");
      order.push(await focused());
      assert.equal(await outline(), "solid", order.at(-1));
      if (order.at(-1) === "search") await browsed.page.keyboard.type("etl");
      if (order.at(-1) === "dead 1") await browsed.page.keyboard.press("Space");
      if (order.at(-1) === "Owner") await browsed.page.keyboard.press("Enter");
    }
    const kinds = KINDS.map(
      (kind) => `${kind} ${browsed.document.tokens.filter((token) => token.kind === kind).length}`,
    );
    assert.deepEqual(order.slice(0, 9), ["search", ...kinds, "Kind"]);
    assert.deepEqual(await browsed.ids(), idsOf(browsed.document.tokens.filter(({ kind }) => kind === "dead")));
    const states = "[document.querySelector('[data-k=dead]').ariaPressed, document.querySelectorAll('th')[2].ariaSort]";
    assert.deepEqual(await browsed.ask(states), ["true", "ascending"]);
  });

  it("10,000 tokens: search, filter and sort give what they should", async () => {
    const [first] = browsed.document.tokens;
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
    const file = join(browsed.audited.folder, "many.html");
    writeFileSync(file, asPage({ ...browsed.document, tokens }, new Date(NOW)));
    await browsed.page.setViewport({ width: 1400, height: 900 });
    await browsed.open(file);
    assert.equal(await browsed.status(), "10000 tokens");
    await browsed.search("Number-77");
    const with77 = tokens.filter(({ comment }) => comment.includes("number-77"));
    assert.deepEqual(await browsed.ids(), idsOf(with77));
    assert.equal(await browsed.status(), `${with77.length} of 10000 tokens`);
    await browsed.page.click("#kinds [data-k=other-stack]");
    assert.deepEqual(await browsed.ids(), idsOf(with77.filter(({ kind }) => kind === "other-stack")));
    await browsed.search("");
    await browsed.page.click("#kinds [data-k=other-stack]");
    await browsed.page.click("th:nth-child(8) button");
    const number = ({ comment }: AuditedToken) => Number(comment.slice(7));
    assert.deepEqual(await browsed.ids(), idsOf(tokens.toSorted((a, b) => number(a) - number(b))));
    await browsed.page.click("th:nth-child(4) button");
    assert.deepEqual(await browsed.ids(), idsOf(tokens.toSorted((a, b) => (a.createdAt! < b.createdAt! ? 1 : -1))));
    assert.ok(readFileSync(file).length < 8_000_000);
  });
});
