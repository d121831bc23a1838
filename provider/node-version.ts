import { DatabricksTokensError } from "./errors";

/** The floor that package.json's `engines` states: undici 8 fails on less, with an error that helps nobody. */
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  throw new DatabricksTokensError(
    "NODE_TOO_OLD",
    `pulumi-databricks-tokens needs Node.js 22.19 or newer; this process runs ${process.versions.node}. ` +
      "Put a newer `node` first on the PATH and run the command again; nothing was changed",
  );
}
