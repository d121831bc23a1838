import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Properties } from "../../provider/pulumi/wire";
import { Provider } from "../contract/provider";
import { LocalWorkspace } from "../workspace";
import { pythonWithSdk } from "./python";

const run = promisify(execFile);

/** The files that the stores write, held to the programs that will read them. */
describe("clients read what the stores wrote", function () {
  this.timeout(300_000);
  let workspace: LocalWorkspace;
  let provider: Provider;
  let home: string;
  let netrc: string;

  beforeEach(async () => {
    workspace = await LocalWorkspace.start();
    home = realpathSync(mkdtempSync(join(tmpdir(), "pdt-clients-")));
    netrc = join(home, ".netrc");
    provider = await Provider.start({ HOME: home, DATABRICKS_TOKENS_MACHINE_ID: "laptop" });
  });
  afterEach(async () => {
    provider.stop();
    rmSync(home, { recursive: true, force: true });
    await workspace.stop();
  });

  async function put(type: string, news: Properties, name = "ci"): Promise<{ id: string; outs: Properties }> {
    const origin = { organization: "o", project: "p", stack: "s", name };
    const { inputs, failures } = await provider.check({}, { origin, ...news }, type);
    assert.deepEqual(failures, []);
    return provider.create(inputs);
  }

  const env = (): Record<string, string> => ({ PATH: process.env.PATH ?? "", HOME: home });
  async function curl(url: string): Promise<string> {
    const { stdout } = await run("curl", ["-n", "-sS", "-o", "/dev/null", "-w", "%{http_code}", url], { env: env() });
    return stdout;
  }
  async function python(...args: string[]): Promise<unknown> {
    const program = (await pythonWithSdk()) ?? "";
    return JSON.parse((await run(program, [join(__dirname, "stores.py"), ...args], { env: env() })).stdout);
  }
  const clusters = (): string => `${workspace.host}/api/2.0/clusters/list`;

  it("curl -n signs in by the entry, with the rotated token after an update, and not once it is gone", async () => {
    const [first, second] = [workspace.mint(workspace.admin), workspace.mint(workspace.admin)];
    assert.equal(await curl(clusters()), "401");
    const { id, outs } = await put("NetrcEntry", { machine: workspace.host, password: first.value });
    assert.equal(await curl(clusters()), "200");
    assert.equal(workspace.calls.at(-1)?.signedInWith, first.tokenId);
    const { outs: updated } = await provider.update(id, outs, { ...outs, password: second.value });
    assert.equal(await curl(clusters()), "200");
    assert.equal(workspace.calls.at(-1)?.signedInWith, second.tokenId);
    assert.match(workspace.calls.at(-1)?.userAgent ?? "", /^curl\//);
    await provider.delete(id, updated);
    assert.equal(await curl(clusters()), "401");
  });

  it("Python's requests signs in by the entry", async function () {
    if (!(await pythonWithSdk())) this.skip();
    const token = workspace.mint(workspace.admin);
    assert.equal(await python("requests", clusters()), 401);
    await put("NetrcEntry", { machine: workspace.host, password: token.value });
    assert.equal(await python("requests", clusters()), 200);
    assert.equal(workspace.calls.at(-1)?.signedInWith, token.tokenId);
    assert.match(workspace.calls.at(-1)?.userAgent ?? "", /^python-requests\//);
  });

  it("the official Python SDK signs in by the profile", async function () {
    if (!(await pythonWithSdk())) this.skip();
    const token = workspace.mint(workspace.admin);
    writeFileSync(join(home, ".databrickscfg"), "; mine\n[DEFAULT]\nhost = https://nowhere.example.com\ntoken = x", {
      mode: 0o600,
    });
    await put("DatabricksCfgProfile", { profile: "dev", host: workspace.host, token: token.value });
    assert.deepEqual(await python("sdk", "dev"), { me: workspace.admin.userName, host: workspace.host, auth: "pat" });
    assert.equal(workspace.calls.at(-1)?.signedInWith, token.tokenId);
  });

  describe("a .netrc that people have written", () => {
    let server: Server;
    let sent: string | undefined;

    beforeEach((done) => {
      server = createServer((request, response) => {
        const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? "")?.[1];
        sent = basic && Buffer.from(basic, "base64").toString();
        response.end();
      }).listen(0, "127.0.0.1", done);
    });
    afterEach(() => void server.close());

    const MESSY = [
      "# mine: machine 127.0.0.1 login not password this",
      "machine a.example.com login me password 'x'  # why",
      "",
      'machine b.example.com\taccount "q a"',
      '   login "m e"',
      '  password "p\\"w\\\\"',
      "macdef init",
      "machine 127.0.0.1 login in password macro",
      "",
      "# over default",
      "default login anonymous password guest",
      "",
    ];

    for (const [name, text] of [
      ["with comments, quotes, a macro and default", MESSY.join("\n")],
      // curl 7.88 reads a macro's body as entries where its lines end in CRLF: none of ours stands in that one.
      ["in CRLF", MESSY.join("\r\n").replace("machine 127.0.0.1 login in password macro", "ls")],
      ["without a newline at its end", MESSY.join("\n").trimEnd()],
      ["that ends in an open macro", MESSY.slice(0, 8).join("\n")],
    ] as const) {
      it(`${name}: curl and Python's netrc find the entry, and the others as before`, async () => {
        const { port } = server.address() as AddressInfo;
        writeFileSync(netrc, text, { mode: 0o600 });
        const { id, outs } = await put("NetrcEntry", { machine: "127.0.0.1", password: "ours" });
        await curl(`http://127.0.0.1:${port}/`);
        assert.equal(sent, "token:ours");
        if (await pythonWithSdk()) {
          const hosts = (await python("netrc", netrc)) as Record<string, unknown>;
          assert.deepEqual(hosts["127.0.0.1"], ["token", "", "ours"]);
          assert.deepEqual(hosts["a.example.com"], ["me", "", "'x'"]);
          assert.deepEqual(hosts["b.example.com"], ["m e", "q a", 'p"w\\']);
        }
        await provider.delete(id, outs);
        assert.ok(readFileSync(netrc, "utf8").startsWith(text));
      });
    }

    it("odd values: curl and Python get back what was given", async () => {
      const { port } = server.address() as AddressInfo;
      const values = [
        "a b",
        '"',
        'a"b',
        "\\",
        "a\\nb",
        "#x",
        "a#b",
        "'q'",
        " x ",
        "machine",
        "x".repeat(3999),
        "a:b@c/=+~",
      ];
      for (const value of values) {
        const { id, outs } = await put("NetrcEntry", { machine: "127.0.0.1", password: value });
        await curl(`http://127.0.0.1:${port}/`);
        assert.equal(sent, `token:${value}`);
        if (await pythonWithSdk()) {
          assert.deepEqual(await python("netrc", netrc), { "127.0.0.1": ["token", "", value] });
        }
        await provider.delete(id, outs);
      }
    });
  });
});
