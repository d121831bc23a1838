import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { DatabricksTokensError } from "../../provider/errors";
import { credentialsFor, resolveHost, type WorkspaceInput } from "../../provider/sign-in";
import { firstPlace } from "../../provider/sign-in/resolve-host";
import { around } from "../unit/sign-in/signing-in";
import { LocalWorkspace } from "../workspace";
import { AzureDevOpsOidc } from "../workspace/azure-devops";
import { fakeCommand } from "../workspace/fake-command";
import { GitHubOidc } from "../workspace/github";
import { PARITY, type ParityCase } from "./parity-cases";
import { pythonWithSdk } from "./python";

interface Picked {
  readonly authType?: string;
  readonly host?: string;
  readonly error?: string;
}

/** For a table of file, environment and arguments: what the official SDK picks, when it runs here, and what this does. */
describe("parity with the official Python SDK", function () {
  this.timeout(300_000);
  const workspaces: LocalWorkspace[] = [];
  let github: GitHubOidc;
  let devOps: AzureDevOpsOidc;
  let folder: string;
  let bySdk: string[];

  before(async function () {
    const python = await pythonWithSdk();
    if (!python) return this.skip();
    workspaces.push(await LocalWorkspace.start(), await LocalWorkspace.start());
    github = await GitHubOidc.start();
    devOps = await AzureDevOpsOidc.start();
    folder = mkdtempSync(join(tmpdir(), "pdt-parity-"));
    writeFileSync(join(folder, "token"), "an identity token");
    const expiry = new Date(Date.now() + 3_600_000).toISOString();
    const databricks = `{"access_token": "x", "token_type": "Bearer", "expiry": "${expiry}"}`;
    const version = '{"Major": 0, "Minor": 295, "Patch": 0}';
    const az = `{"accessToken": "a.e30.c", "tokenType": "Bearer", "expiresOn": "2999-01-01 00:00:00.000000"}`;
    for (const name of ["with-databricks", "with-az", "empty"]) mkdirSync(join(folder, name));
    const script = `if [ "$1" = version ]; then echo '${version}'; else echo '${databricks}'; fi`;
    fakeCommand(join(folder, "with-databricks"), "databricks", script);
    fakeCommand(join(folder, "with-az"), "az", `echo '${az}'`, 0);
    bySdk = await pickedBySdk(python);
  });
  after(async () => {
    for (const workspace of workspaces) await workspace.stop();
    await github?.stop();
    await devOps?.stop();
    if (folder) rmSync(folder, { recursive: true });
  });

  const filled = (text: string): string =>
    text
      .replaceAll(/(?<![A-Z_])HOST(?! = )(?![A-Z_])/g, workspaces[0]!.host)
      .replaceAll(/(?<![A-Z_])OTHER/g, workspaces[1]!.host)
      .replaceAll("ISSUED", "an identity token")
      .replaceAll("TOKEN_FILE", join(folder, "token"))
      .replaceAll("MISSING", join(folder, "missing"))
      .replaceAll("WITH_DATABRICKS", join(folder, "with-databricks"))
      .replaceAll("WITH_AZ", join(folder, "with-az"));
  const allFilled = (values: object): Record<string, string> =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, filled(String(value))]));
  const environment = ({ env = {} }: ParityCase): Record<string, string> => {
    const { GITHUB, DEVOPS, ...rest } = env;
    // Shell scripts of these folders need no PATH of their own.
    return { PATH: join(folder, "empty"), ...allFilled(rest), ...(GITHUB && github.env), ...(DEVOPS && devOps.env) };
  };
  const named = ({ authType, host }: Picked): string => {
    const place = (host ?? "").replace(workspaces[0]!.host, "HOST").replace(workspaces[1]!.host, "OTHER");
    return `${authType} ${place}`;
  };

  async function pickedBySdk(python: string): Promise<string[]> {
    const cases = PARITY.map((item, index) => {
      const home = join(folder, `home-${index}`);
      mkdirSync(home);
      if (item.file !== undefined) writeFileSync(join(home, ".databrickscfg"), filled(item.file));
      const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      const args = Object.entries(allFilled(item.args ?? {})).map(([name, value]) => [snake(name), value]);
      const isAzure = /azure/i.test(item.picks) || JSON.stringify(item).includes("AZURE");
      const azure = isAzure ? "https://localhost:1" : undefined;
      return { env: { ...environment(item), HOME: home }, args: Object.fromEntries(args), azure };
    });
    const child = spawn(python, [join(__dirname, "parity.py")], { env: {}, stdio: ["pipe", "pipe", "inherit"] });
    child.stdin.end(JSON.stringify(cases));
    const picked = (await json(child.stdout)) as Picked[];
    return picked.map((item) => {
      if (item.error === undefined) return named(item);
      if (/more than one authorization method/.test(item.error)) return "ambiguous";
      return /cannot configure default credentials/.test(item.error) ? "none" : `refused: ${item.error}`;
    });
  }

  function pickedHere({ file, args = {}, ...item }: ParityCase): string {
    const surroundings = around({
      env: environment(item as ParityCase),
      ...(file !== undefined && { file: filled(file) }),
    });
    const workspace: WorkspaceInput = allFilled(args);
    try {
      const place = firstPlace(workspace, surroundings);
      if (place && "resourceId" in place) return "asks Azure";
      const resolved = resolveHost(workspace, surroundings);
      if (!resolved) return "none";
      const { credentials, problem } = credentialsFor(resolved.host, workspace, surroundings);
      if (problem) throw problem;
      return named({ authType: credentials[0]!.strategy, host: resolved.host });
    } catch (error) {
      if (!(error instanceof DatabricksTokensError)) throw error;
      if (error.code === "AMBIGUOUS_CREDENTIALS") return "ambiguous";
      return error.code === "NO_CREDENTIALS" ? `none: ${error.message}` : `refused: ${error.message}`;
    }
  }

  const short = (picked: string): string => picked.replace(/^(none|refused): .*$/s, "$1");
  PARITY.forEach((item, index) => {
    const { title, picks, sdk } = item;
    it(sdk ? `${title}: ${picks}; the SDK: ${sdk.picks}, ${sdk.because}` : `${title}: ${picks}`, () => {
      const here = pickedHere(item);
      assert.equal(short(here), picks, here);
      const there = bySdk[index]!;
      assert.equal(short(there), sdk?.picks ?? picks, there);
    });
  });
});
