import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** Where the Pulumi CLI comes from; every command here is a shell script of this test. */
describe("the Pulumi CLI", () => {
  let root: string;
  let env: Record<string, string>;

  const stderr = process.stderr.write;

  beforeEach(() => {
    // Progress of what is only played here.
    process.stderr.write = () => true;
    root = mkdtempSync(join(tmpdir(), "pdt-cli-"));
    env = { PATH: join(root, "empty"), HOME: root, XDG_CACHE_HOME: join(root, "cache") };
  });
  afterEach(() => {
    process.stderr.write = stderr;
    rmSync(root, { recursive: true, force: true });
  });

  function script(folder: string, name: string, body: string): string {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    return folder;
  }

  function cli(folder: string, version: string, withHost = true): string {
    if (withHost) script(folder, "pulumi-language-nodejs", "exit 0");
    return script(folder, "pulumi", `echo v${version}`);
  }

  async function engine(options = {}): Promise<string> {
    const { ensureEngine } = await import("../../scripts/toolchain/engine.mjs");
    const refused = (what: string) => () => Promise.reject(new Error(what));
    return ensureEngine(env, { download: refused("unreachable"), build: refused("no Go"), ...options });
  }

  it("on the PATH is taken if it is new enough and its language host is there", async () => {
    const old = cli(join(root, "old"), "3.99.0");
    const bare = cli(join(root, "bare"), "3.270.0", false);
    const good = cli(join(root, "good"), "3.270.0-beta.1");
    env.PATH = [old, good].join(delimiter);
    assert.equal(await engine(), good);
    env.PATH = [old, bare].join(delimiter);
    assert.equal(await engine(), bare, "the language host of another folder serves");
    env.PATH = bare;
    await assert.rejects(engine(), /bare\/pulumi has no pulumi-language-nodejs beside it/);
    env.PATH = old;
    await assert.rejects(engine(), /old\/pulumi is 3\.99\.0, older than 3\.250\.0/);
  });

  it("may be a link to where its language host is", async () => {
    mkdirSync(join(root, "bin"));
    symlinkSync(join(cli(join(root, "opt"), "3.260.1"), "pulumi"), join(root, "bin", "pulumi"));
    env.PATH = join(root, "bin");
    assert.equal(await engine(), join(root, "bin"));
  });

  it("that the npm launcher has is next: the newest that will do", async () => {
    for (const version of ["3.99.0", "3.251.0", "3.260.0"])
      cli(join(root, ".pulumi", "versions", version, "bin"), version);
    cli(join(root, ".pulumi", "versions", "3.270.0", "bin"), "3.270.0", false);
    assert.equal(await engine(), join(root, ".pulumi", "versions", "3.260.0", "bin"));
  });

  it("is downloaded, else built; two commands at once build it once", async () => {
    let builds = 0;
    const build = async (folder: string) => {
      builds += 1;
      cli(folder, "3.259.0");
    };
    const folders = await Promise.all([engine({ build }), engine({ build })]);
    assert.deepEqual(folders, Array(2).fill(join(root, "cache", "pulumi-databricks-tokens", "engine-v3.259.0")));
    assert.equal(builds, 1);
  });

  it("that can't be had: the message says what was tried and what to install", async () => {
    await assert.rejects(
      engine(),
      /on the PATH: there is none\n.*download.*: unreachable\n.*build.*: no Go\nInstall the Pulumi CLI 3\.250\.0 or newer.* Go 1\.25\.11/s,
    );
  });

  it("is not downloaded from a host that can't be reached, and nothing is left", async () => {
    const { downloadEngine } = await import("../../scripts/toolchain/engine-npm.mjs");
    const cache = join(root, "cache");
    await assert.rejects(
      downloadEngine(join(cache, "e"), env, { source: "http://127.0.0.1:9/" }),
      /127\.0\.0\.1 can't be reached/,
    );
    assert.deepEqual(readdirSync(cache), []);
  });

  it("is downloaded into a home of its own, and counts only if it runs", async () => {
    const { downloadEngine } = await import("../../scripts/toolchain/engine-npm.mjs");
    const server = createServer((_, response) => response.end()).listen(0, "127.0.0.1");
    await once(server, "listening");
    const source = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const folder = join(root, "cache", "engine");
    env.PATH = `${join(root, "npm")}:/usr/bin:/bin`;
    const npm = (version: string) =>
      script(
        join(root, "npm"),
        "npm",
        `bin=$PULUMI_HOME/versions/$PULUMI_VERSION/bin; mkdir -p $bin; cd $bin; echo '#!/bin/sh' > pulumi\n` +
          `echo 'echo v${version}' >> pulumi; cp pulumi pulumi-language-nodejs; chmod +x pulumi*`,
      );
    try {
      npm("");
      await assert.rejects(downloadEngine(folder, env, { source }), /does not tell its version/);
      assert.deepEqual(readdirSync(join(root, "cache")), []);
      npm("3.265.0");
      await downloadEngine(folder, env, { source });
      assert.deepEqual(readdirSync(join(folder, "bin")), ["pulumi", "pulumi-language-nodejs"]);
      assert.equal(existsSync(join(root, ".pulumi")), false);
    } finally {
      server.close();
    }
  });

  it("is not built by a Go that is missing or too old, and a build that fails leaves nothing", async () => {
    const { buildEngine } = await import("../../scripts/toolchain/engine-go.mjs");
    const folder = join(root, "cache", "engine");
    mkdirSync(join(root, "cache", "engine.tmp-of-a-run-that-was-killed"), { recursive: true });
    await assert.rejects(buildEngine(folder, env), /go is not installed/);
    const go = (version: string) =>
      script(
        join(root, "go"),
        "go",
        `case $1 in version) echo go version go${version} linux/amd64;; env) echo local;; list) echo 1.25.11;;\n` +
          "*) echo broken >&2; exit 1;; esac",
      );
    env.PATH = go("1.25.3");
    await assert.rejects(buildEngine(folder, env), /Go 1\.25\.3 is too old: Pulumi v3\.259\.0 needs 1\.25\.11/);
    go("1.26.8");
    await assert.rejects(buildEngine(folder, env), /ended with 1:\nbroken/);
    assert.deepEqual(readdirSync(join(root, "cache")), []);
    assert.equal(existsSync(folder), false);
  });
});
