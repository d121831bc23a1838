import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { NetrcDocument } from "../../provider/machine/netrc-document";
import { Provider } from "./provider";

const run = promisify(execFile);
const OTHERS = "# mine\nmachine first.example.com login a password b\n\ndefault login anonymous password c\n";

describe("many processes on one .netrc", function () {
  this.timeout(180_000);
  let home: string;
  let file: string;
  let providers: Provider[];
  let writers: ChildProcess[];
  const env = () => ({ HOME: home, DATABRICKS_TOKENS_MACHINE_ID: "laptop" });
  const origin = (name: string) => ({ organization: "o", project: "p", stack: "s", name });

  beforeEach(() => {
    home = realpathSync(mkdtempSync(join(tmpdir(), "pdt-together-")));
    file = join(home, ".netrc");
    providers = [];
    writers = [];
    writeFileSync(file, OTHERS, { mode: 0o600 });
  });
  afterEach(() => {
    for (const provider of providers) provider.stop();
    for (const writer of writers) writer.kill("SIGKILL");
    rmSync(home, { recursive: true, force: true });
  });

  it("100 entries from 4 processes at once: no update is lost, and taking them out leaves the file as it was", async () => {
    providers = await Promise.all([1, 2, 3, 4].map(() => Provider.start(env())));
    const entries = providers.flatMap((provider, index) =>
      Array.from({ length: 25 }, (_, number) => ({ provider, name: `h${index}-${number}` })),
    );
    const made = await Promise.all(
      entries.map(async ({ provider, name }) => {
        const news = { machine: `${name}.example.com`, password: `value-of-${name}`, origin: origin(name) };
        const { inputs, failures } = await provider.check({}, news, "NetrcEntry");
        assert.deepEqual(failures, []);
        return { provider, name, ...(await provider.create(inputs)) };
      }),
    );
    const document = new NetrcDocument(readFileSync(file, "utf8"));
    assert.equal(document.machines.length, 101);
    for (const { name } of made) {
      assert.deepEqual(document.value(`${name}.example.com`), { login: "token", password: `value-of-${name}` });
    }
    await Promise.all(made.map(({ provider, id, outs }) => provider.delete(id, outs)));
    assert.equal(readFileSync(file, "utf8"), OTHERS);
    assert.deepEqual(readdirSync(home), [".netrc"]);
  });

  async function writer(name: string): Promise<ChildProcess> {
    const child = spawn(process.execPath, [join(__dirname, "netrc-writer.cjs"), name, file], {
      env: { PATH: process.env.PATH ?? "", ...env() },
      stdio: ["ignore", "pipe", "pipe"],
    });
    writers.push(child);
    let stderr = "";
    child.stderr.on("data", (chunk) => (stderr += chunk));
    await new Promise<void>((done, failed) => {
      child.stdout.once("data", () => done());
      child.once("exit", (code) => failed(new Error(`the writer ended with ${code}: ${stderr}`)));
    });
    return child;
  }

  it("a disk that takes no more (here: a limit on the size of files) leaves the old file, and nothing beside it", async () => {
    const script = "trap '' XFSZ; ulimit -f 1; exec \"$@\"";
    const command = [process.execPath, join(__dirname, "netrc-writer.cjs"), "full", file];
    const limited = run("sh", ["-c", script, "sh", ...command], { env: { PATH: process.env.PATH ?? "", ...env() } });
    await assert.rejects(limited, /can't be changed, and is as it was: .*STORE_WRITE_FAILED/);
    assert.equal(readFileSync(file, "utf8"), OTHERS);
    assert.deepEqual(readdirSync(home), [".netrc"]);
  });

  it("killed writers leave no torn file, no lock that holds, and nothing beside the file", async () => {
    const names = ["a", "b", "c"];
    for (let round = 0; round < 8; round += 1) {
      const running = await Promise.all(names.map(writer));
      // Any moment of a write is as good as another.
      await sleep(Math.random() * 60);
      const gone = running.map((child) => new Promise((done) => child.once("exit", done)));
      for (const child of running) child.kill("SIGKILL");
      await Promise.all(gone);
      const document = new NetrcDocument(readFileSync(file, "latin1"));
      for (const name of names) {
        assert.match(document.value(`${name}.example.com`)?.password ?? "", /^value-\d+-x{2000}$/, "torn");
      }
      const without = names.reduce((text, name) => text.without(`${name}.example.com`), document);
      assert.equal(without.toString(), OTHERS, "a byte of somebody else's was changed");
    }
    const provider = await Provider.start(env());
    providers.push(provider);
    const news = { machine: "last.example.com", password: "v", origin: origin("last") };
    const { inputs } = await provider.check({}, news, "NetrcEntry");
    await provider.create(inputs);
    // One that was killed before it could write its name into its claim can't be told dead: that goes after an hour.
    const left = readdirSync(home).filter((name) => statSync(join(home, name)).size > 0);
    assert.deepEqual(left, [".netrc"]);
  });
});
