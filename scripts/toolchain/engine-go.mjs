import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { compareVersions } from "./cli.mjs";
import { run } from "./process.mjs";
import { withProgress } from "./progress.mjs";
import { withTemporaryFolder } from "./temporary.mjs";

/** The newest version of the CLI that the Go module proxies serve in full, and a language host that runs under it. */
const CLI = { module: "github.com/pulumi/pulumi/pkg/v3", version: "v3.259.0", command: "cmd/pulumi", name: "pulumi" };
const HOST = {
  module: "github.com/pulumi/pulumi/sdk/v3",
  version: "v3.60.0",
  command: "nodejs/cmd/pulumi-language-nodejs",
  name: "pulumi-language-nodejs",
};
const VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

export const BUILT_VERSION = CLI.version;
/** What that module's go.mod says; read from it again before a build. */
export const GO_NEEDED = "1.25.11";

/** Builds the CLI and the Node language host into `folder`, which appears only once both are whole. */
export async function buildEngine(folder, env, { signal } = {}) {
  const options = { env: { ...env, GOFLAGS: `${env.GOFLAGS ?? ""} -buildvcs=false`.trim() }, signal };
  await withTemporaryFolder(folder, async (building) => {
    await assertGo(building, options);
    for (const part of [HOST, CLI]) {
      const title = `Building ${part.name} ${part.version} from its Go modules (once; the CLI takes about 5 min)`;
      await withProgress(title, () => buildPart(building, part, options));
    }
    for (const part of [HOST, CLI]) rmSync(sourceOf(building, part), { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
    renameSync(building, folder);
  });
}

/** `go install module@version` is refused for modules with replace directives: a module of our own requires it. */
async function buildPart(building, part, options) {
  const { module, version, command, name } = part;
  const source = sourceOf(building, part);
  mkdirSync(source);
  writeFileSync(join(source, "go.mod"), `module engine\n\ngo 1.25\n\nrequire ${module} ${version}\n`);
  const flags = `-s -w -X ${VERSION_VARIABLE}=${version}`;
  const output = join(dirname(source), name);
  await run("go", ["build", "-mod=mod", "-ldflags", flags, "-o", output, `${module}/${command}`], {
    ...options,
    cwd: source,
  });
}

const sourceOf = (building, part) => join(building, `${part.name}.module`);

/** From 1.21 on, and unless it is told to stay local, Go fetches the newer version that a module needs by itself. */
async function assertGo(cwd, options) {
  const version = /go(\d+\.\d+(\.\d+)?)/.exec(await run("go", ["version"], { ...options, cwd }))?.[1] ?? "0";
  const toolchain = (await run("go", ["env", "GOTOOLCHAIN"], { ...options, cwd })).trim();
  if (compareVersions(version, "1.21") >= 0 && /auto/.test(toolchain)) return;
  const args = ["list", "-m", "-f", "{{.GoVersion}}", `${CLI.module}@${CLI.version}`];
  const needed = (await run("go", args, { ...options, cwd, timeoutMs: 60_000 }).catch(() => "")).trim() || GO_NEEDED;
  if (compareVersions(version, needed) < 0) {
    throw new Error(`Go ${version} is too old: Pulumi ${CLI.version} needs ${needed} or newer`);
  }
}
