import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "./stack";

const run = promisify(execFile);
export const PACKAGE = "pulumi-databricks-tokens";

/** This package as npm would publish it, and projects that install it. */
export class Packed {
  private constructor(
    private readonly folder: string,
    private readonly tarball: string,
    readonly paths: readonly string[],
  ) {}

  static async pack(): Promise<Packed> {
    const folder = mkdtempSync(join(tmpdir(), "pdt-pack-"));
    const { stdout } = await run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], {
      cwd: ROOT,
    });
    const [packed] = JSON.parse(stdout) as Array<{ filename: string; files: Array<{ path: string }> }>;
    return new Packed(folder, join(folder, packed?.filename ?? ""), packed?.files.map((file) => file.path) ?? []);
  }

  /** A folder beside the projects, for what a command keeps in its home. */
  get home(): string {
    return this.folder;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A project with Pulumi's SDK and undici as npm lays them out, still without this package. */
  project(name: string, source: string): string {
    const place = join(this.folder, name);
    mkdirSync(join(place, "node_modules"), { recursive: true });
    writeFileSync(join(place, "package.json"), JSON.stringify({ name, private: true, version: "1.0.0" }));
    writeFileSync(
      join(place, "Pulumi.yaml"),
      `name: ${name}\nruntime:\n  name: nodejs\n  options:\n    typescript: false\nmain: index.js\n`,
    );
    writeFileSync(join(place, "index.js"), source);
    for (const dependency of ["@pulumi", "undici"]) {
      symlinkSync(join(ROOT, "node_modules", dependency), join(place, "node_modules", dependency));
    }
    return place;
  }

  /** In place of what is installed there, under another version if one is given. */
  async install(into: string, version?: string): Promise<void> {
    const target = join(into, "node_modules", PACKAGE);
    rmSync(target, { recursive: true, force: true });
    mkdirSync(join(into, "node_modules"), { recursive: true });
    await run("tar", ["xzf", this.tarball, "-C", join(into, "node_modules")]);
    renameSync(join(into, "node_modules", "package"), target);
    if (version) {
      const path = join(target, "package.json");
      writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), version }));
    }
  }
}
