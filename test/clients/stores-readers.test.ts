import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { pythonProblem } from "../../provider/stores/netrc-python";
import type { Properties } from "../../provider/token/state";
import { Provider } from "../contract/provider";
import { pythonWithSdk } from "./python";

const MARK = "\u00EF\u00BB\u00BF";
const utf16 = (text: string): Buffer => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")]);

async function run(command: string, args: string[], home: string, input = ""): Promise<string> {
  const child = spawn(command, args, { env: { PATH: process.env.PATH ?? "", HOME: home } });
  let stdout = "";
  child.stdout.on("data", (chunk) => (stdout += chunk));
  child.stdin.end(input);
  const code = await new Promise((done) => child.once("close", done));
  assert.equal(code, 0);
  return stdout;
}

/** Files as editors and shells leave them, held to the programs that read them. */
describe("files that not every reader can read", function () {
  this.timeout(300_000);
  let home: string;
  let provider: Provider;
  let server: Server;
  let sent: string | undefined;

  beforeEach(async () => {
    home = realpathSync(mkdtempSync(join(tmpdir(), "pdt-readers-")));
    provider = await Provider.start({ HOME: home, DATABRICKS_TOKENS_MACHINE_ID: "laptop" });
    server = createServer((request, response) => {
      const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? "")?.[1];
      sent = basic && Buffer.from(basic, "base64").toString();
      response.end();
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  });
  afterEach(() => {
    provider.stop();
    server.close();
    rmSync(home, { recursive: true, force: true });
  });

  async function python(command: string, args: string[] = [], input?: string): Promise<never> {
    const program = (await pythonWithSdk()) ?? "";
    return JSON.parse(await run(program, [join(__dirname, "stores.py"), command, ...args], home, input)) as never;
  }
  async function curl(): Promise<string | undefined> {
    sent = undefined;
    const { port } = server.address() as AddressInfo;
    await run("curl", ["-n", "-sS", `http://127.0.0.1:${port}/`], home);
    return sent;
  }
  async function put(type: string, news: Properties) {
    const origin = { organization: "o", project: "p", stack: "s", name: "ci" };
    const { inputs, failures } = await provider.check({}, { origin, ...news }, type);
    assert.deepEqual(failures, []);
    return provider.create(inputs);
  }
  const entry = () => put("NetrcEntry", { machine: "127.0.0.1", password: "ours" });
  const profile = (more: Properties = {}) =>
    put("DatabricksCfgProfile", { profile: "dev", host: "https://h.example.com", token: "ours", ...more });

  it("Python's netrc refuses just what a warning names: any words, quotes, comments, macros, bytes", async function () {
    if (!(await pythonWithSdk())) return this.skip();
    const word = fc.constantFrom(
      ...["machine", "default", "login", "user", "password", "account", "macdef", "protocol", "method", "Machine"],
      ...["a", "b.example.com", '"q d"', '""', '"open', "\\n", "#", "#x", "# why", "é", "voil\u00C3\u00A0", MARK],
    );
    const blank = fc.constantFrom(" ", "\n", "\n\n", "\r\n", "\t", " \n ", "\v", "\r");
    const entries = fc.constantFrom(
      "machine h login l password p\n",
      "# mine\n",
      "macdef m\nls\n\n",
      "default login a ",
    );
    const text = fc
      .array(fc.oneof({ weight: 2, arbitrary: fc.tuple(word, blank) }, fc.tuple(entries)), { maxLength: 12 })
      .map((pieces) => pieces.flat().join(""));
    const seed = 20_261_127;
    const texts = fc.sample(
      fc.oneof(
        text,
        fc.array(fc.tuple(entries), { maxLength: 5 }).map((all) => all.join("")),
      ),
      {
        numRuns: 4000,
        seed,
      },
    );
    const { version, answers } = await python("netrc-many", [], JSON.stringify(texts));
    const [major, minor] = version as [number, number];
    if (major === 3 && minor < 11) return this.skip();
    for (const [index, text] of texts.entries()) {
      const problem = pythonProblem(text);
      const said = (answers as string[])[index];
      assert.equal(problem !== undefined, said !== "", `${JSON.stringify(text)}: ${problem}, Python: ${said}`);
    }
    assert.ok((answers as string[]).filter((said) => said === "").length > 500, "enough of both kinds");
    assert.ok((answers as string[]).filter((said) => said !== "").length > 500, "enough of both kinds");
  });

  for (const [name, text, why] of [
    ["a byte order mark", `${MARK}machine a.example.com login x password y\n`, /byte order mark/],
    [
      "`protocol` and `method`",
      "machine a.example.com login x password y protocol ftp method z\n",
      /line 1 has a word/,
    ],
    ["a keyword in capitals", "\n\nMACHINE a.example.com login x password y\n", /line 3 has a word/],
    ["a password with a blank", "machine a.example.com login x password hunter secret-half\n", /line 1 has a word/],
    ["bytes that are no UTF-8", "# caf\u00E9\nmachine a.example.com login x password y\n", /not UTF-8/],
  ] as const) {
    it(`.netrc with ${name}: written for curl, with a warning that Python can't read it`, async () => {
      writeFileSync(join(home, ".netrc"), text, { mode: 0o600, encoding: "latin1" });
      const { id, outs } = await entry();
      assert.equal(await curl(), "token:ours");
      await provider.told(new RegExp(`warning: Python's netrc, and with it requests, can't read .*${why.source}`));
      assert.ok(!provider.stderr.includes("secret-half"), "a word of the file may be a piece of a password");
      if (await pythonWithSdk()) {
        const { answers } = await python("netrc-many", [], JSON.stringify([text]));
        assert.notDeepEqual(answers, [""]);
      }
      await provider.delete(id, outs);
      assert.equal(readFileSync(join(home, ".netrc"), "latin1"), text);
    });
  }

  it(".netrc with a byte order mark before an entry for our machine: curl does not see that one, and finds ours", async () => {
    const text = `${MARK}machine 127.0.0.1 login other password theirs\n`;
    writeFileSync(join(home, ".netrc"), text, { mode: 0o600, encoding: "latin1" });
    assert.equal(await curl(), undefined);
    const { id, outs } = await entry();
    assert.equal(await curl(), "token:ours");
    await provider.delete(id, outs);
    assert.equal(readFileSync(join(home, ".netrc"), "latin1"), text);
  });

  it("UTF-16, with its mark or without, is refused, and left as it was", async () => {
    for (const [file, make, text] of [
      [".netrc", entry, "machine a.example.com login x password y\n"],
      [".databrickscfg", profile, "[a]\nhost = https://a.example.com\n"],
    ] as const) {
      for (const bytes of [utf16(text), utf16(text).subarray(2), utf16(text).swap16()]) {
        writeFileSync(join(home, file), bytes, { mode: 0o600 });
        await assert.rejects(make(), /UTF-16.*Save it as UTF-8.*STORE_UNREADABLE/);
        assert.deepEqual(readFileSync(join(home, file)), bytes);
      }
    }
  });

  it(".databrickscfg with a byte order mark: the first profile is seen, as the CLI does, and Python's refusal is told", async () => {
    const file = join(home, ".databrickscfg");
    const text = `${MARK}[dev]\r\nhost = https://h.example.com\r\ntoken = theirs\r\n`;
    writeFileSync(file, text, { mode: 0o600, encoding: "latin1" });
    await assert.rejects(profile(), /ENTRY_EXISTS/);
    const { id, outs } = await profile({ adopt: true });
    await provider.told(/SDK for Python can't read .*byte order mark/);
    if (await pythonWithSdk()) assert.equal(await python("configparser", [file]), "MissingSectionHeaderError");
    await provider.delete(id, outs);
    assert.equal(readFileSync(file, "latin1"), text);
  });
});
