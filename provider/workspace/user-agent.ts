import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const part = (text: string): string => text.replace(/[^0-9A-Za-z_.+-]+/g, "-");

function versionIn(path: string): string {
  return String((JSON.parse(readFileSync(path, "utf8")) as { version?: string }).version ?? "0.0.0");
}

function pulumiVersion(): string | undefined {
  try {
    return versionIn(createRequire(__filename).resolve("@pulumi/pulumi/package.json"));
  } catch {
    return undefined;
  }
}

let product: string | undefined;

/** `<product>/<semver> pulumi/<version> nodejs/<version> os/<os> auth/<strategy>`, as Databricks asks integrations to. */
export function userAgent(strategy: string): string {
  if (product === undefined) {
    const pulumi = pulumiVersion();
    product = [
      // From provider/workspace and from dist/workspace alike, the package is two folders up.
      `pulumi-databricks-tokens/${part(versionIn(join(__dirname, "..", "..", "package.json")))}`,
      ...(pulumi ? [`pulumi/${part(pulumi)}`] : []),
      `nodejs/${part(process.versions.node)}`,
      `os/${part(process.platform)}`,
    ].join(" ");
  }
  return `${product} auth/${part(strategy)}`;
}
