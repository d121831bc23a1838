import type { Strategy, StrategyModule } from "./strategy";

/**
 * The ways to sign in, in the order of the official clients. A new one is a file of its own and its place in here; the
 * file is loaded once the strategy may apply.
 */
export const STRATEGIES: readonly Strategy[] = [
  {
    name: "pat",
    kind: "pat",
    needs: ["token"],
    load: (): StrategyModule => require("./pat") as typeof import("./pat"),
  },
  {
    name: "basic",
    kind: "basic",
    needs: ["username", "password"],
    load: (): StrategyModule => require("./basic") as typeof import("./basic"),
  },
  {
    name: "oauth-m2m",
    kind: "oauth",
    needs: ["clientId", "clientSecret"],
    load: (): StrategyModule => require("./oauth-m2m") as typeof import("./oauth-m2m"),
  },
  {
    name: "databricks-cli",
    kind: "cli",
    needs: [],
    uses: ["databricksCliPath"],
    detected: true,
    load: (): StrategyModule => require("./databricks-cli") as typeof import("./databricks-cli"),
  },
  {
    name: "github-oidc",
    kind: "oauth",
    needs: ["clientId"],
    uses: ["tokenAudience"],
    load: (): StrategyModule => require("./github-oidc") as typeof import("./github-oidc"),
  },
  {
    name: "azure-devops-oidc",
    kind: "oauth",
    needs: ["clientId"],
    load: (): StrategyModule => require("./azure-devops-oidc") as typeof import("./azure-devops-oidc"),
  },
  {
    name: "env-oidc",
    kind: "env-oidc",
    needs: ["oidcTokenEnv"],
    uses: ["clientId"],
    load: (): StrategyModule => require("./env-oidc") as typeof import("./env-oidc"),
  },
  {
    name: "file-oidc",
    kind: "file-oidc",
    needs: ["oidcTokenFilepath"],
    uses: ["clientId"],
    load: (): StrategyModule => require("./file-oidc") as typeof import("./file-oidc"),
  },
  {
    name: "azure-msi",
    kind: "azure",
    needs: ["azureUseMsi"],
    load: (): StrategyModule => require("./azure/msi") as typeof import("./azure/msi"),
  },
  {
    name: "azure-client-secret",
    kind: "azure",
    needs: ["azureClientId", "azureClientSecret"],
    load: (): StrategyModule => require("./azure/client-secret") as typeof import("./azure/client-secret"),
  },
  {
    name: "azure-workload-identity",
    kind: "azure",
    needs: [],
    detected: true,
    load: (): StrategyModule => require("./azure/workload-identity") as typeof import("./azure/workload-identity"),
  },
  {
    name: "azure-pipelines",
    kind: "azure",
    needs: [],
    detected: true,
    load: (): StrategyModule => require("./azure/pipelines") as typeof import("./azure/pipelines"),
  },
  {
    name: "azure-cli",
    kind: "azure",
    needs: [],
    detected: true,
    load: (): StrategyModule => require("./azure/cli") as typeof import("./azure/cli"),
  },
];

/** Config keys that are secrets: Pulumi must have them by `--secret`. */
export const SECRET_CONFIG_KEYS: readonly string[] = ["token", "password", "clientSecret", "azureClientSecret"];
