import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { run, withProgress } from "./progress.mjs";

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

/** Builds the CLI and the Node language host into `folder`, which appears only once both are whole. */
export async function buildEngine(folder) {
  mkdirSync(dirname(folder), { recursive: true });
  const work = mkdtempSync(`${folder}.building-`);
  try {
    for (const part of [HOST, CLI]) {
      await withProgress(
        `Building ${part.name} ${part.version} from its Go modules (once; the CLI takes about 5 min)`,
        () => buildPart(work, part),
      );
    }
    for (const name of ["cli", "host"]) rmSync(join(work, name), { recursive: true, force: true });
    // Another process may have been faster: its build is as good.
    if (!existsSync(folder)) renameSync(work, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** `go install module@version` is refused for modules with replace directives: a module of our own requires it. */
async function buildPart(work, { module, version, command, name }) {
  const source = join(work, name === "pulumi" ? "cli" : "host");
  mkdirSync(source);
  writeFileSync(join(source, "go.mod"), `module engine\n\ngo 1.25\n\nrequire ${module} ${version}\n`);
  const flags = `-s -w -X ${VERSION_VARIABLE}=${version}`;
  const args = ["build", "-mod=mod", "-ldflags", flags, "-o", join(work, name), `${module}/${command}`];
  await run("go", args, { cwd: source, env: { ...process.env, GOFLAGS: "-buildvcs=false" } });
}
