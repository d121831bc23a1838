import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import puppeteer, { type Browser, type Page } from "puppeteer-core";

const run = promisify(execFile);
const PACKAGE = "chromium";

/** Debian's Chromium without a screen, with a home and a profile that go with it. */
export class Chromium {
  private constructor(
    private readonly browser: Browser,
    private readonly home: string,
  ) {}

  /** undefined: it is not there and can't be installed, or can't be launched here; which of them is printed. */
  static async start(): Promise<Chromium | undefined> {
    const program = await installed();
    if (program === undefined) return undefined;
    const home = mkdtempSync(join(tmpdir(), "pdt-chromium-"));
    try {
      const browser = await puppeteer.launch({
        executablePath: program,
        headless: true,
        // Root has no sandbox; a container's /dev/shm may be small.
        args: [...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), "--disable-dev-shm-usage"],
        userDataDir: join(home, "profile"),
        env: { PATH: process.env.PATH ?? "", HOME: home, XDG_RUNTIME_DIR: home },
        timeout: 60_000,
        protocolTimeout: 60_000,
      });
      return new Chromium(browser, home);
    } catch (error) {
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
      console.log(`    not run: Chromium can't be launched here (${(error as Error).message.trim().split("\n")[0]})`);
      return undefined;
    }
  }

  async open(): Promise<Page> {
    return this.browser.newPage();
  }

  async stop(): Promise<void> {
    const child = this.browser.process();
    const ended = new Promise((done) => (child && child.exitCode === null ? child.once("exit", done) : done(0)));
    const patience = setTimeout(() => child?.kill("SIGKILL"), 10_000);
    await this.browser.close().catch(() => child?.kill("SIGKILL"));
    await ended;
    clearTimeout(patience);
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  }
}

let asked: Promise<string | undefined> | undefined;

/** Where the program is; installs it where that is allowed, once a run. */
function installed(): Promise<string | undefined> {
  asked ??= (async () => {
    const found = await present();
    if (found !== undefined) return found;
    try {
      if (process.platform !== "linux" || process.getuid?.() !== 0) throw new Error("needs root");
      console.log(`    installing ${PACKAGE} by apt-get, once …`);
      const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
      await run("apt-get", ["update", "-qq"], { env, timeout: 120_000 });
      await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", PACKAGE], { env, timeout: 300_000 });
    } catch {
      console.log(`    not run: no Chromium here; install it with: apt-get install ${PACKAGE}`);
    }
    return present();
  })();
  return asked;
}

/** Elsewhere than on Debian the package may be a stub, which only says what else to install. */
async function present(): Promise<string | undefined> {
  try {
    const { stdout } = await run("sh", ["-c", "command -v chromium"]);
    await run(stdout.trim(), ["--version"], { timeout: 30_000 });
    return stdout.trim();
  } catch {
    return undefined;
  }
}
