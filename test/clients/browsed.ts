import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import type { Page } from "puppeteer-core";
import type { AuditDocument } from "../../provider/audit/document";
import { Audited } from "./audited";
import { Chromium } from "./chromium";

export const WIDE = { width: 1400, height: 6000 };
export const PHONE = { width: 360, height: 12_000, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };

/** What is seen of a page is asked in its own language: such texts run in the browser. */
const SHOWN_IDS = "[...document.querySelectorAll('tbody tr:not([hidden])')].map((row) => row.lastChild.textContent)";

/** The page of an audit in Chromium, for the tests of a suite; a new tab for each. No tab may ask the network, or complain. */
export class Browsed {
  chromium!: Chromium;
  audited!: Audited;
  document!: AuditDocument;
  page!: Page;
  /** Every address that was asked for. */
  requests: string[] = [];
  private complaints: string[] = [];

  /** To be called in a suite: its tests are skipped where there is no Chromium. */
  constructor() {
    const browsed = this;
    let chromium: Chromium | undefined;
    before(async function () {
      this.timeout(600_000); // the package may have to be installed
      chromium = await Chromium.start();
      if (!chromium) return this.skip();
      browsed.chromium = chromium;
      browsed.audited = await Audited.start();
      const { audited } = browsed;
      ({ document: browsed.document } = await audited.run("--state", audited.state, "--json", "--html", audited.page));
    });
    after(async () => {
      await chromium?.stop();
      await this.audited?.stop();
    });
    beforeEach(() => this.tab());
    afterEach(async () => {
      await this.page.close();
      assert.deepEqual(this.complaints, []);
      assert.deepEqual(
        this.requests.filter((url) => !url.startsWith("file:")),
        [],
      );
    });
  }

  private async tab(): Promise<void> {
    [this.requests, this.complaints] = [[], []];
    this.page = await this.chromium.open();
    this.page.on("request", (request) => this.requests.push(request.url()));
    this.page.on("console", (message) => this.complaints.push(message.text()));
    this.page.on("pageerror", (error) => this.complaints.push(String(error)));
    await this.page.setViewport(WIDE);
  }

  async open(file = this.audited.page): Promise<void> {
    await this.page.goto(pathToFileURL(file).href);
  }

  async ask<T>(code: string): Promise<T> {
    return (await this.page.evaluate(code)) as T;
  }

  /** Of the tokens that are shown, from top to bottom. */
  ids(): Promise<string[]> {
    return this.ask(SHOWN_IDS);
  }

  status(): Promise<string> {
    return this.ask("document.querySelector('[role=status]').textContent");
  }

  press(name: string): Promise<void> {
    return this.page.click(`aria/${name}[role="button"]`);
  }

  async search(text: string): Promise<void> {
    await this.page.click("#search", { count: 3 });
    await this.page.keyboard.press("Backspace");
    await this.page.type("#search", text);
  }
}
