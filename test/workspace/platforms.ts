import { randomBytes } from "node:crypto";
import { type Answer, failure, ok } from "./answer";
import type { Entra } from "./entra";

/** What platforms give the workloads on them: Azure Pipelines an assertion, App Service the token of a managed identity. */
export class Platforms {
  /** What a job of Azure Pipelines, or a machine with a managed identity, shows. */
  readonly key = randomBytes(16).toString("hex");
  readonly subject = "sc://example/infrastructure/databricks";
  /** Application id of the managed identity. */
  managedIdentity = "";

  constructor(private readonly entra: Entra) {}

  answer(
    call: string,
    query: URLSearchParams,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): Answer | undefined {
    if (call === "POST /oidc-request") {
      if (headers["authorization"] !== `Bearer ${this.key}`) return failure(401, "401", "TF400813: not authorized");
      return ok({
        oidcToken: this.entra.assertions.issue({ sub: this.subject, aud: "api://AzureADTokenExchange" }, Date.now()),
      });
    }
    if (call !== "GET /msi/token") return undefined;
    if (headers["x-identity-header"] !== this.key) return failure(401, "401", "no identity");
    const clientId = query.get("client_id") ?? this.managedIdentity;
    const token = this.entra.issue(clientId, query.get("resource") ?? "");
    const expires = Math.floor(Date.now() / 1000) + this.entra.lifetimeSeconds;
    return ok({ access_token: token, expires_on: String(expires), token_type: "Bearer", client_id: clientId });
  }
}
