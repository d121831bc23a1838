import { DatabricksToken, days, Secret, SecretScope } from "pulumi-databricks-tokens";

const token = new DatabricksToken("jobs", {
  comment: "for notebooks",
  lifetimeSeconds: days(30),
  scopes: ["clusters"],
});

const kept = new SecretScope("ci", { name: "ci" });

/** A rotation writes the new value in the same `pulumi up`; the old token lives on for its overlap. */
const secret = new Secret("jobs", { scope: kept.name, key: "jobs-token", stringValue: token.tokenValue });

export const scope = secret.scope;
export const key = secret.key;
