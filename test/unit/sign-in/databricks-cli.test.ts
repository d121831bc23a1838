import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalWorkspace } from "../../workspace";
import { fakeCommand } from "../../workspace/fake-command";
import { configured, failure, whoAmI } from "./signing-in";

/** No CLI can be downloaded here: an executable of its name and size stands in for it. */
describe("sign-in by databricks-cli, with a stand-in for the CLI", () => {
  let workspace: LocalWorkspace;
  let folder: string;

  beforeEach(async () => {
    workspace = await LocalWorkspace.start();
    folder = mkdtempSync(join(tmpdir(), "pdt-cli-"));
  });
  afterEach(async () => {
    rmSync(folder, { recursive: true });
    await workspace.stop();
  });

  const env = (): Record<string, string> => ({ PATH: `${folder}:${process.env.PATH}`, FOLDER: folder });
  const expiry = new Date(Date.now() + 3_600_000).toISOString();
  const signedIn = (): string =>
    `echo "$@" >> "$FOLDER/log"; echo '${JSON.stringify({ access_token: workspace.admin.token, token_type: "Bearer", expiry })}'`;

  it("is what is left where no source offers anything; asks for the token of this host, once", async () => {
    fakeCommand(folder, "databricks", signedIn());
    const credential = configured(workspace.host, { env: env() });
    assert.deepEqual([credential.strategy, credential.source], ["databricks-cli", "this machine"]);
    assert.deepEqual(
      await Promise.all([whoAmI(workspace, credential), whoAmI(workspace, credential)]),
      [1, 2].map(() => workspace.admin.userName),
    );
    assert.equal(readFileSync(join(folder, "log"), "utf8"), `auth token --host ${workspace.host}\n`);
  });

  it("is not given to whoever asks for another way in, which lacks something", () => {
    fakeCommand(folder, "databricks", signedIn());
    const given = { env: { ...env(), DATABRICKS_AUTH_TYPE: "oauth-m2m" } };
    assert.throws(() => configured(workspace.host, given), /no DATABRICKS_CLIENT_ID.*NO_CREDENTIALS/s);
  });

  it("by the profile that `databricks auth login` writes", async () => {
    fakeCommand(folder, "databricks", signedIn());
    const file = `[DEFAULT]\nhost = ${workspace.host}\nauth_type = databricks-cli\n`;
    const credential = configured(workspace.host, { env: env(), file });
    assert.equal(credential.source, "profile DEFAULT of ~/.databrickscfg");
    assert.equal(await whoAmI(workspace, credential), workspace.admin.userName);
  });

  it("by the name of the profile in use: two may be of one host", async () => {
    fakeCommand(folder, "databricks", signedIn());
    const profile = (name: string) => `[${name}]\nhost = ${workspace.host}\nauth_type = databricks-cli\n`;
    const file = profile("one") + profile("two");
    const credential = configured(workspace.host, { env: { ...env(), DATABRICKS_CONFIG_PROFILE: "two" }, file });
    assert.equal(await whoAmI(workspace, credential), workspace.admin.userName);
    assert.equal(readFileSync(join(folder, "log"), "utf8"), "auth token --profile two\n");
  });

  it("advises to sign in only where that is the matter", async () => {
    for (const [said, advised] of [
      ["Error: A new access token could not be retrieved because the refresh token is invalid", true],
      ["Error: cache: token not found", true],
      ["Error: Get https://adb: x509: certificate signed by unknown authority", false],
      ["Error: adb matches multiple profiles: one, two", false],
      ["Segmentation fault", false],
    ] as const) {
      fakeCommand(folder, "databricks", `echo "${said}" >&2; exit 1`);
      const { message } = await failure(whoAmI(workspace, configured(workspace.host, { env: env() })));
      assert.ok(message.includes(said.slice(7, 30)), message);
      assert.equal(/Sign in first/.test(message), advised, message);
    }
  });

  it("not signed in: what the CLI said, and the command that helps; a token in it is not quoted", async () => {
    fakeCommand(
      folder,
      "databricks",
      `echo "Error: cache: databricks OAuth is not configured, Bearer abcdef" >&2; exit 1`,
    );
    const error = await failure(whoAmI(workspace, configured(workspace.host, { env: env() })), "abcdef");
    assert.equal(error.code, "CREDENTIAL_REFUSED");
    assert.match(error.message, /databricks OAuth is not configured.*databricks auth login --host http:\/\/127/);
  });

  it("nothing printed, nonsense printed, no expiry", async () => {
    for (const script of ["true", "echo nonsense", `echo '{"access_token": "x"}'`]) {
      fakeCommand(folder, "databricks", script);
      const error = await failure(whoAmI(workspace, configured(workspace.host, { env: env() })));
      assert.equal(error.code, "UNEXPECTED_ANSWER");
    }
  });

  it("a token that is printed by a run that fails is not quoted", async () => {
    fakeCommand(folder, "databricks", `echo '{"access_token": "opaque-and-unlike-any"}'; exit 3`);
    const error = await failure(whoAmI(workspace, configured(workspace.host, { env: env() })), "opaque-and-unlike-any");
    assert.match(error.message, /exit code 3/);
  });

  it("is bounded, also where it does not heed SIGTERM", async () => {
    fakeCommand(folder, "databricks", "trap '' TERM; while true; do sleep 0.1; done");
    const credential = configured(workspace.host, { env: { ...env(), DATABRICKS_HTTP_TIMEOUT_SECONDS: "0.3" } });
    const error = await failure(whoAmI(workspace, credential));
    assert.match(error.message, /did not end within 0\.3 s.*TIMEOUT/);
  });

  it("is bounded", async () => {
    fakeCommand(folder, "databricks", "exec sleep 30");
    const credential = configured(workspace.host, { env: { ...env(), DATABRICKS_HTTP_TIMEOUT_SECONDS: "0.2" } });
    assert.equal((await failure(whoAmI(workspace, credential))).code, "TIMEOUT");
  });

  it("the CLI's predecessor, a small script, is none", () => {
    fakeCommand(folder, "databricks", signedIn(), 0);
    assert.throws(() => configured(workspace.host, { env: { PATH: folder } }), /no Databricks CLI.*NO_CREDENTIALS/s);
  });
});
