import { DatabricksToken, days, NetrcEntry } from "pulumi-databricks-tokens";

const token = new DatabricksToken("curl", {
  comment: "curl on this machine",
  lifetimeSeconds: days(30),
  scopes: ["clusters"],
});

/** In ~/.netrc, or the file that NETRC names; a rotated token is there after the same `up`. */
const entry = new NetrcEntry("curl", { machine: token.host, password: token.tokenValue });

export const host = token.host;
export const machine = entry.machine;
export const file = entry.file;
