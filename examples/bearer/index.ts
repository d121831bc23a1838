import * as pulumi from "@pulumi/pulumi";
import { DatabricksToken, hours } from "pulumi-databricks-tokens";
import { request } from "undici";

const token = new DatabricksToken("bearer", {
  comment: "lists clusters",
  lifetimeSeconds: hours(12),
  scopes: ["clusters"],
});

export const host = token.host;
/** Secret: `pulumi stack output --show-secrets authorizationHeader` gives it to curl. */
export const authorizationHeader = token.authorizationHeader;

/** How the workspace answered `GET /api/2.0/clusters/list`; not known in a preview. */
export const clustersListStatus = pulumi.unsecret(
  pulumi.all([token.host, token.authorizationHeader]).apply(async ([origin, authorization]) => {
    const { statusCode, body } = await request(`${origin}/api/2.0/clusters/list`, { headers: { authorization } });
    await body.dump();
    return statusCode;
  }),
);
