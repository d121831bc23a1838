import { randomBytes } from "node:crypto";
import { type Answer, ok } from "./answer";
import type { IdTokens } from "./id-tokens";
import type { Identities, Identity } from "./identities";

/** Whose workload may act as which identity: an OIDC federation policy. */
export interface Trust {
  readonly issuer: Pick<IdTokens, "read">;
  readonly subject: string;
  readonly audience: string;
  readonly identity: Identity;
}

export interface Form {
  readonly authorization: string | undefined;
  readonly fields: URLSearchParams;
}

const refused = (status: number, error: string, description: string): Answer => ({
  status,
  body: { error, error_description: description },
});

/** RFC 6749 has clients encode id and secret; Go's does, Python's does not. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}

/** The workspace's own OAuth: discovery, client credentials and token exchange, and the tokens that they gave. */
export class OAuth {
  readonly trusted: Trust[] = [];
  /** Of a new access token. */
  lifetimeSeconds = 3600;
  readonly #given = new Map<string, { identity: Identity; until: number }>();

  constructor(
    private readonly identities: Identities,
    private readonly now: () => number,
  ) {}

  /** Who signs in with an access token. */
  withToken(value: string): Identity | undefined {
    const given = this.#given.get(value);
    return given && given.until > this.now() ? given.identity : undefined;
  }

  /** Forgets every token that it gave: they are refused from now on. */
  revokeAll(): void {
    this.#given.clear();
  }

  answer(call: string, origin: string, form: Form): Answer | undefined {
    if (call === "GET /.well-known/databricks-config") {
      return ok({ oidc_endpoint: `${origin}/oidc` });
    }
    if (call === "GET /oidc/.well-known/oauth-authorization-server") {
      const authorize = `${origin}/oidc/v1/authorize`;
      return ok({
        issuer: `${origin}/oidc`,
        authorization_endpoint: authorize,
        token_endpoint: `${origin}/oidc/v1/token`,
      });
    }
    return call === "POST /oidc/v1/token" ? this.#grant(origin, form) : undefined;
  }

  #grant(origin: string, form: Form): Answer {
    if (form.fields.get("scope") !== "all-apis") return refused(400, "invalid_scope", "scope must be all-apis");
    switch (form.fields.get("grant_type")) {
      case "client_credentials":
        return this.#clientCredentials(form);
      case "urn:ietf:params:oauth:grant-type:token-exchange":
        return this.#exchange(origin, form.fields);
      default:
        return refused(400, "unsupported_grant_type", "grant_type is not supported");
    }
  }

  #clientCredentials({ authorization = "" }: Form): Answer {
    const pair = Buffer.from(/^Basic (.+)$/.exec(authorization)?.[1] ?? "", "base64").toString("utf8");
    const [, id = "", secret = ""] = /^([^:]*):(.*)$/.exec(pair) ?? [];
    const identity = this.identities.withClientId(id);
    if (!identity?.clientSecret || ![secret, decoded(secret)].includes(identity.clientSecret)) {
      return refused(401, "invalid_client", "Client authentication failed");
    }
    return this.#give(identity);
  }

  #exchange(origin: string, fields: URLSearchParams): Answer {
    if (fields.get("subject_token_type") !== "urn:ietf:params:oauth:token-type:jwt") {
      return refused(400, "invalid_request", "subject_token_type must be a JWT");
    }
    const token = fields.get("subject_token") ?? "";
    const clientId = fields.get("client_id");
    const policy = this.trusted.find(({ issuer, subject, audience, identity }) => {
      const claims = issuer.read(token, this.now());
      const isFor = audience === "token endpoint" ? `${origin}/oidc/v1/token` : audience;
      return claims?.sub === subject && claims.aud === isFor && (!clientId || clientId === identity.clientId);
    });
    if (!policy) return refused(400, "invalid_grant", "No federation policy matches the subject token");
    return this.#give(policy.identity);
  }

  #give(identity: Identity): Answer {
    const value = `eyJ${randomBytes(48).toString("base64url")}`;
    this.#given.set(value, { identity, until: this.now() + this.lifetimeSeconds * 1000 });
    return ok({ access_token: value, token_type: "Bearer", expires_in: this.lifetimeSeconds, scope: "all-apis" });
  }
}
