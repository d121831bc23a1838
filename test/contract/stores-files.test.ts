import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Properties } from "../../provider/token/state";
import { ROOT } from "../engine/stack";
import { Provider } from "./provider";

const run = promisify(execFile);
const SECRET = "s3cret-of-the-test";
const OTHERS = "machine a.example.com login x password y\n";

/** Files as they are on real machines: links, FIFOs, mounts, file systems without hard links, no home. */
describe("files of stores over the provider's protocol", function () {
  this.timeout(60_000);
  let folder: string;
  let home: string;
  let outside: string;
  let providers: Provider[];

  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "pdt-files-")));
    home = join(folder, "home");
    outside = join(folder, "outside");
    for (const path of [home, outside]) mkdirSync(path);
    providers = [];
  });
  afterEach(() => {
    for (const provider of providers) provider.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(env: Record<string, string> = {}): Promise<Provider> {
    const provider = await Provider.start({
      HOME: home,
      XDG_STATE_HOME: join(folder, "state"),
      DATABRICKS_TOKENS_MACHINE_ID: "laptop",
      DATABRICKS_LOCK_TIMEOUT_SECONDS: "1",
      ...env,
    });
    providers.push(provider);
    return provider;
  }
  const news = (path: string): Properties => ({
    origin: { organization: "o", project: "p", stack: "s", name: "ci" },
    machine: "h.example.com",
    password: SECRET,
    path,
  });
  async function refusal(provider: Provider, path: string): Promise<string> {
    const { failures } = await provider.check({}, news(path), "NetrcEntry");
    return failures.map(({ property, reason }) => `${property}: ${reason}`).join();
  }
  async function created(provider: Provider, path: string) {
    const { inputs, failures } = await provider.check({}, news(path), "NetrcEntry");
    assert.deepEqual(failures, []);
    return provider.create(inputs);
  }

  describe("links", () => {
    const link = (target: string, path: string): string => {
      symlinkSync(target, path);
      return path;
    };

    it("inside the home folder, of files and of folders, are followed; what they lead to is locked and replaced", async () => {
      const provider = await start();
      mkdirSync(join(home, "real"));
      writeFileSync(join(home, "real", "netrc"), OTHERS, { mode: 0o600 });
      const paths = [
        link("real/netrc", join(home, "relative")),
        link(join(home, "real", "netrc"), join(home, "absolute")),
        link("relative", join(home, "twice")),
        join(link("real", join(home, "folder")), "netrc"),
      ];
      for (const path of paths) {
        const { id, outs } = await created(provider, path);
        assert.ok(readFileSync(join(home, "real", "netrc"), "utf8").includes(SECRET), path);
        await provider.delete(id, outs);
        assert.equal(readFileSync(path, "utf8"), OTHERS);
      }
      assert.deepEqual(readdirSync(join(home, "real")), ["netrc"]);
    });

    it("outside it that lead into it are not: of a file, of a folder, of a folder for a file that is not there yet", async () => {
      const provider = await start();
      mkdirSync(join(home, "sub"));
      writeFileSync(join(home, "sub", "netrc"), OTHERS, { mode: 0o600 });
      const toFolder = link(join(home, "sub"), join(outside, "to-folder"));
      const paths = [
        link(join(home, "sub", "netrc"), join(outside, "to-file")),
        link("to-file", join(outside, "to-link")),
        join(toFolder, "netrc"),
        join(toFolder, "new"),
        join(toFolder, "more", "new"),
        join(link(home, join(outside, "to-home")), ".netrc"),
      ];
      for (const path of paths) {
        assert.match(await refusal(provider, path), /^path: .*outside the home folder.*STORE_PATH_REFUSED/, path);
      }
      // A link that comes after the check.
      const { inputs } = await provider.check({}, news(join(outside, "late")), "NetrcEntry");
      link(join(home, "sub", "netrc"), join(outside, "late"));
      await assert.rejects(provider.create(inputs), /STORE_PATH_REFUSED/);
      assert.equal(readFileSync(join(home, "sub", "netrc"), "utf8"), OTHERS);
      assert.deepEqual(readdirSync(join(home, "sub")), ["netrc"]);
    });

    it("outside it that lead to a place outside: of a file not, of a folder only if root's or this user's own", async function () {
      const provider = await start();
      mkdirSync(join(outside, "real"));
      writeFileSync(join(outside, "real", "netrc"), OTHERS, { mode: 0o600 });
      assert.match(
        await refusal(provider, link("real/netrc", join(outside, "to-file"))),
        /path: .*outside the home.*STORE_PATH_REFUSED/,
      );
      const own = link("real", join(outside, "own"));
      await created(provider, join(own, "netrc"));
      assert.ok(readFileSync(join(outside, "real", "netrc"), "utf8").includes(SECRET));
      if (process.getuid?.() !== 0) return this.skip();
      const others = link("real", join(outside, "others"));
      execFileSync("chown", ["-h", "12345", others]);
      assert.match(await refusal(provider, join(others, "netrc")), /others may have put it there.*STORE_PATH_REFUSED/);
    });

    it("on the way to the home folder are the system's, by whichever name the file is given", async () => {
      const provider = await start({ HOME: join(link(folder, `${folder}.link`), "home") });
      try {
        for (const path of ["~/one", join(`${folder}.link`, "home", "two"), join(home, "three")]) {
          await created(provider, path);
        }
        assert.deepEqual(readdirSync(home), ["one", "three", "two"]);
      } finally {
        rmSync(`${folder}.link`);
      }
    });
  });

  it("a FIFO where the lock, or the file, should be is refused in time, and the process can end", async () => {
    const provider = await start();
    const file = join(home, ".netrc");
    writeFileSync(file, OTHERS, { mode: 0o600 });
    const { inputs } = await provider.check({}, news(file), "NetrcEntry");
    execFileSync("mkfifo", [`${file}.databricks-tokens.lock`, `${file}.databricks-tokens.lock.00`, join(home, "fifo")]);
    await assert.rejects(provider.create(inputs), /lock is a FIFO, .*remove it.*STORE_LOCKED/);
    assert.match(await refusal(provider, join(home, "fifo")), /path: .*is a FIFO.*STORE_PATH_REFUSED/);
    const script = `
      const { lifecycles } = require("./dist/lifecycle");
      lifecycles.NetrcEntry.create(${JSON.stringify(inputs)}).catch((error) => console.log(error.code));`;
    const env = { PATH: process.env.PATH ?? "", HOME: home, DATABRICKS_TOKENS_MACHINE_ID: "laptop" };
    const { stdout } = await run(process.execPath, ["-e", script], { cwd: ROOT, env, timeout: 30_000 });
    assert.equal(stdout, "STORE_LOCKED\n");
    rmSync(`${file}.databricks-tokens.lock`);
    await provider.create(inputs);
    assert.ok(readFileSync(file, "utf8").includes(SECRET));
  });

  it("a file that is a mount of its own is written in place, and emptied where it would be removed", async function () {
    const file = join(home, ".netrc");
    const mounted = join(folder, "mounted");
    for (const path of [file, mounted]) writeFileSync(path, "", { mode: 0o600 });
    writeFileSync(mounted, OTHERS);
    try {
      execFileSync("mount", ["--bind", mounted, file], { stdio: "ignore" });
    } catch {
      console.log("    not run: a bind mount needs root and CAP_SYS_ADMIN");
      return this.skip();
    }
    try {
      const provider = await start();
      const first = await created(provider, file);
      assert.ok(readFileSync(mounted, "utf8").startsWith(OTHERS) && readFileSync(mounted, "utf8").includes(SECRET));
      assert.equal(statSync(mounted).mode & 0o777, 0o600);
      const longer = { ...first.outs, password: `${SECRET}-that-is-longer` };
      const { outs } = await provider.update(first.id, first.outs, longer);
      await provider.delete(first.id, outs);
      assert.equal(readFileSync(mounted, "utf8"), OTHERS);
      writeFileSync(file, "");
      const alone = await created(provider, file);
      await provider.delete(alone.id, alone.outs);
      assert.equal(readFileSync(mounted, "utf8"), "");
      assert.deepEqual(readdirSync(home), [".netrc"]);
    } finally {
      execFileSync("umount", [file]);
    }
  });

  it("without hard links two processes at once lose no entry", async () => {
    const preload = {
      NODE_OPTIONS: `--require ${join(__dirname, "no-links.cjs")}`,
      DATABRICKS_LOCK_TIMEOUT_SECONDS: "30",
    };
    const two = await Promise.all([start(preload), start(preload)]);
    const file = join(home, ".netrc");
    writeFileSync(file, OTHERS, { mode: 0o600 });
    const made = await Promise.all(
      two.flatMap((provider, index) =>
        Array.from({ length: 10 }, async (_, number) => {
          const machine = `h${index}-${number}.example.com`;
          const origin = { organization: "o", project: "p", stack: "s", name: machine };
          const { inputs } = await provider.check({}, { ...news(file), machine, origin }, "NetrcEntry");
          return { provider, machine, ...(await provider.create(inputs)) };
        }),
      ),
    );
    for (const { machine } of made) assert.ok(readFileSync(file, "utf8").includes(`machine ${machine}\n`));
    await Promise.all(made.map(({ provider, id, outs }) => provider.delete(id, outs)));
    assert.equal(readFileSync(file, "utf8"), OTHERS);
    assert.deepEqual(readdirSync(home), [".netrc"]);
  });

  it("a user without a home gets a coded error that says what to set", async () => {
    for (const HOME of ["", "relative"]) {
      const provider = await start({ HOME });
      await assert.rejects(provider.check({}, news("~/x"), "NetrcEntry"), /set HOME to a folder.*NO_HOME/);
    }
    if (process.getuid?.() !== 0) return;
    const script = `
      const { lifecycles } = require("./dist/lifecycle");
      lifecycles.NetrcEntry.check({}, { machine: "h" }).catch((error) => console.log(error.message));`;
    // node and dist/ may be in a folder that only root may enter.
    const child = `process.setgid(54321); process.setuid(54321); ${script}`;
    const env = { PATH: process.env.PATH ?? "", DATABRICKS_TOKENS_MACHINE_ID: "laptop" };
    const { stdout } = await run(process.execPath, ["-e", `require("./dist/lifecycle"); ${child}`], { cwd: ROOT, env });
    assert.match(stdout, /uid 54321.*HOME is not set.*NO_HOME/);
    assert.equal(existsSync(join(home, ".local")), false);
  });
});
