import { DatabricksToken, days } from "pulumi-databricks-tokens";

const lifetimeSeconds = days(30);

// pulumi config set databricks:host https://adb-1.2.azuredatabricks.net
// pulumi config set databricks:clientId ...; pulumi config set --secret databricks:clientSecret ...
const first = new DatabricksToken("first", { comment: "production", lifetimeSeconds });

// The same keys in another namespace: analytics:host, analytics:clientId, analytics:clientSecret.
const second = new DatabricksToken("second", {
  comment: "analytics",
  lifetimeSeconds,
  workspace: { configNamespace: "analytics" },
});

export const hosts = [first.host, second.host];
export const owners = [first.owner, second.owner];
export const tokens = [first.tokenValue, second.tokenValue];
