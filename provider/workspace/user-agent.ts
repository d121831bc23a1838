import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What a User-Agent's keys and values may hold, by Databricks' rule for integrations. */
const clean = (value: string): string => value.replace(/[^0-9A-Za-z_.+-]/g, "-") || "unknown";

/** The version that a manifest names. */
export function versionIn(file: string): string | undefined {
  try {
    return (JSON.parse(readFileSync(file, "utf8")) as { version?: string }).version;
  } catch {
    return undefined;
  }
}

/** The manifest of `@pulumi/pulumi`, where it can be found; its code is not loaded for this. */
function pulumiVersion(): string | undefined {
  try {
    return versionIn(require.resolve("@pulumi/pulumi/package.json"));
  } catch {
    return undefined;
  }
}

const versions = new Map<string, string>();

/** `pulumi-databricks-tokens/0.1.0 pulumi/3.270.0 nodejs/22.23.3 os/linux auth/pat`. */
export function userAgent(strategy: string): string {
  if (versions.size === 0) {
    // Two levels up is the package's root, from provider/ as from dist/.
    versions.set("pulumi-databricks-tokens", versionIn(join(__dirname, "..", "..", "package.json")) ?? "0.0.0");
    const pulumi = pulumiVersion();
    if (pulumi) versions.set("pulumi", pulumi);
    versions.set("nodejs", process.versions.node);
    versions.set("os", process.platform);
  }
  return [...versions, ["auth", strategy] as const].map(([key, value]) => `${key}/${clean(value)}`).join(" ");
}
