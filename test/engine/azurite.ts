import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createHmac, randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { request } from "undici";

const run = promisify(execFile);

/** Later versions bring three times as much, for a telemetry that nobody here wants. */
const VERSION = "3.33.0";
const ACCOUNT = "pulumistate";

/** Azure Blob Storage on this machine: Microsoft's emulator, with a key of its own. */
export class Azurite {
  private constructor(
    private readonly process: ChildProcess,
    private readonly folder: string,
    /** host:port */
    readonly address: string,
    private readonly key: string,
  ) {}

  /** undefined where it can't be installed. */
  static async start(): Promise<Azurite | undefined> {
    const main = await installed();
    if (main === undefined) return undefined;
    const folder = mkdtempSync(join(tmpdir(), "pdt-azurite-"));
    const key = randomBytes(64).toString("base64");
    const args = ["--blobHost", "127.0.0.1", "--blobPort", "0", "--location", folder, "--skipApiVersionCheck"];
    const child = spawn(process.execPath, [main, ...args], {
      cwd: folder,
      env: { PATH: process.env.PATH ?? "", AZURITE_ACCOUNTS: `${ACCOUNT}:${key}` },
      stdio: ["ignore", "pipe", "ignore"],
    });
    // Where the tests end before their time.
    process.once("exit", () => child.kill("SIGKILL"));
    try {
      return new Azurite(child, folder, await addressOf(child), key);
    } catch (error) {
      child.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
      throw error;
    }
  }

  /** What Pulumi needs to know of a container. */
  env(container: string): Record<string, string> {
    return {
      PULUMI_BACKEND_URL: `azblob://${container}`,
      AZURE_STORAGE_ACCOUNT: ACCOUNT,
      AZURE_STORAGE_KEY: this.key,
      AZURE_STORAGE_DOMAIN: this.address,
      AZURE_STORAGE_PROTOCOL: "http",
      AZURE_STORAGE_IS_LOCAL_EMULATOR: "true",
    };
  }

  async createContainer(container: string): Promise<void> {
    await this.ask("PUT", container, { restype: "container" });
  }

  /** All blobs with ETag, time and checksum: a blob that was written anew differs even if its bytes are the same. */
  list(container: string): Promise<string> {
    return this.ask("GET", container, { comp: "list", restype: "container" });
  }

  /** Whether one of the values stands in clear in a file that it keeps. */
  holds(values: readonly string[]): boolean {
    const names = readdirSync(this.folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const texts = names.map(({ parentPath, name }) => readFileSync(join(parentPath, name), "latin1"));
    return texts.some((text) => values.some((value) => text.includes(value)));
  }

  async stop(): Promise<void> {
    const ended = new Promise((done) => this.process.once("close", done));
    this.process.kill("SIGKILL");
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Signed with the account's key, for two calls: https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key */
  private async ask(method: "GET" | "PUT", container: string, query: Record<string, string>): Promise<string> {
    const headers = { "x-ms-date": new Date().toUTCString(), "x-ms-version": "2021-10-04" };
    // The account stands twice: once for the emulator's path.
    const resource = [`/${ACCOUNT}/${ACCOUNT}/${container}`, ...Object.entries(query).map((pair) => pair.join(":"))];
    const named = Object.entries(headers).map((pair) => pair.join(":"));
    const signed = [method, ...Array(11).fill(""), ...named, ...resource].join("\n");
    const signature = createHmac("sha256", Buffer.from(this.key, "base64")).update(signed).digest("base64");
    const answer = await request(`http://${this.address}/${ACCOUNT}/${container}?${new URLSearchParams(query)}`, {
      ...{ method, headers: { ...headers, authorization: `SharedKey ${ACCOUNT}:${signature}` } },
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`azurite answered ${answer.statusCode} to ${method} ${container}`);
    return text;
  }
}

/** Where it listens, once it does. */
async function addressOf(child: ChildProcess): Promise<string> {
  let said = "";
  let patience: NodeJS.Timeout | undefined;
  const listening = new Promise<string>((done, failed) => {
    patience = setTimeout(() => failed(new Error(`azurite does not listen after a minute:\n${said}`)), 60_000);
    child.stdout?.on("data", (chunk) => {
      said += chunk;
      const [, found] = /successfully listen\w* on http:\/\/(\S+)/.exec(said) ?? [];
      if (found) done(found);
    });
    child.once("error", failed);
    child.once("close", () => failed(new Error(`azurite ended:\n${said}`)));
  });
  return listening.finally(() => clearTimeout(patience));
}

/** azurite's program in a folder of its own that is made once: as a dependency all would wait for it at each install. */
async function installed(): Promise<string | undefined> {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "pulumi-databricks-tokens");
  const home = join(cache, `azurite-${VERSION}`);
  const main = join(home, "node_modules", "azurite", "dist", "src", "blob", "main.js");
  if (existsSync(main)) return main;
  const making = `${home}.${process.pid}`;
  try {
    console.log(`    installing azurite ${VERSION}, once …`);
    await mkdir(making, { recursive: true });
    await writeFile(join(making, "package.json"), JSON.stringify({ private: true }));
    const quiet = ["--no-audit", "--no-fund", "--no-package-lock", "--loglevel", "error"];
    await run("npm", ["install", "--ignore-scripts", ...quiet, `azurite@${VERSION}`], {
      cwd: making,
      timeout: 240_000,
    });
    await rename(making, home);
    return main;
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    // Another run of the tests was faster.
    if (existsSync(main)) return main;
    console.log(`    not run: azurite can't be installed (${(error as Error).message.split("\n")[0]})`);
    return undefined;
  }
}
