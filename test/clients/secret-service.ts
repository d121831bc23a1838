import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);
const PROGRAMS = ["dbus-daemon", "dbus-send", "gnome-keyring-daemon"];
const PACKAGES = ["dbus", "dbus-bin", "gnome-keyring"];

/** A Secret Service of the test's own: gnome-keyring on a private bus, in a home folder that goes with it. */
export class SecretService {
  private constructor(
    readonly env: Record<string, string>,
    private readonly children: ChildProcess[],
    private readonly home: string,
    private readonly password = randomBytes(8).toString("hex"),
  ) {}

  /** undefined: its programs are not there, and can't be installed; what to install is printed. */
  static async start({ locked = false } = {}): Promise<SecretService | undefined> {
    if (!(await installed())) return undefined;
    const home = mkdtempSync(join(tmpdir(), "pdt-keyring-"));
    const env: Record<string, string> = { PATH: process.env.PATH ?? "", HOME: home, XDG_RUNTIME_DIR: home };
    const service = new SecretService(env, [], home);
    try {
      const bus = spawn("dbus-daemon", ["--session", "--nofork", "--print-address"], {
        env,
        stdio: ["ignore", "pipe", "ignore"],
      });
      service.children.push(bus);
      env.DBUS_SESSION_BUS_ADDRESS = await new Promise<string>((done, failed) => {
        bus.stdout.once("data", (chunk) => done(String(chunk).trim()));
        bus.once("exit", (code) => failed(new Error(`dbus-daemon ended with ${code}`)));
      });
      // It makes its first keyring when it is unlocked; a later start without the password finds that one locked.
      await service.keyring(["--unlock"]);
      if (locked) await service.lock();
      return service;
    } catch (error) {
      await service.stop();
      throw error;
    }
  }

  /** What is in the keyring stays there, and nobody gets at it. */
  async lock(): Promise<void> {
    await this.end(this.children.pop());
    await this.keyring([]);
  }

  async unlock(): Promise<void> {
    await this.end(this.children.pop());
    await this.keyring(["--unlock"]);
  }

  private async keyring(args: string[]): Promise<void> {
    const child = spawn("gnome-keyring-daemon", ["--foreground", "--components=secrets", ...args], {
      env: this.env,
      stdio: ["pipe", "ignore", "ignore"],
    });
    this.children.push(child);
    child.stdin.end(this.password);
    for (let attempt = 0; attempt < 200; attempt += 1) {
      const { stdout } = await run(
        "dbus-send",
        [
          ...["--session", "--print-reply=literal", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus"],
          ...["org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets"],
        ],
        { env: this.env },
      );
      if (/true/.test(stdout)) return;
      await sleep(50);
    }
    throw new Error("gnome-keyring-daemon did not come up");
  }

  private async end(child?: ChildProcess): Promise<void> {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.once("exit", done));
    child.kill("SIGKILL");
    await ended;
  }

  async stop(): Promise<void> {
    for (const child of this.children.splice(0).reverse()) await this.end(child);
    rmSync(this.home, { recursive: true, force: true });
  }
}

let asked: Promise<boolean> | undefined;

/** Installs what is missing where that is allowed, once a run. */
function installed(): Promise<boolean> {
  asked ??= (async () => {
    if (await present()) return true;
    try {
      if (process.platform !== "linux" || process.getuid?.() !== 0) throw new Error("needs root");
      console.log(`    installing ${PACKAGES.join(", ")} by apt-get, once …`);
      const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
      await run("apt-get", ["update", "-qq"], { env, timeout: 120_000 });
      await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...PACKAGES], { env, timeout: 240_000 });
    } catch {
      console.log(`    not run: no Secret Service here; install it with: apt-get install ${PACKAGES.join(" ")}`);
    }
    return present();
  })();
  return asked;
}

async function present(): Promise<boolean> {
  const found = PROGRAMS.map((name) => run("sh", ["-c", `command -v ${name}`]));
  return (await Promise.allSettled(found)).every((result) => result.status === "fulfilled");
}
