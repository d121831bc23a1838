import { randomUUID } from "node:crypto";
import { type Answer, ok } from "./answer";
import { IdTokens } from "./id-tokens";

/** An application of the tenant. */
export interface App {
  readonly clientId: string;
  readonly secret: string;
  /** Federated credentials: subjects whose assertions it takes. */
  readonly subjects: string[];
}

const refused = (status: number, error: string, description: string): Answer => ({
  status,
  body: { error, error_description: description, error_codes: [7000215] },
});

/** An Entra ID tenant: discovery and token endpoints, of version 1 (`resource`) and 2 (`scope`). */
export class Entra {
  readonly tenant = randomUUID();
  readonly assertions = new IdTokens("https://platform.example");
  lifetimeSeconds = 3600;
  readonly #tokens: IdTokens;
  readonly #apps = new Map<string, App>();

  constructor(private readonly origin: string) {
    this.#tokens = new IdTokens(`${origin}/${this.tenant}/v2.0`);
  }

  addApp(clientId: string = randomUUID()): App {
    const app: App = { clientId, secret: randomUUID(), subjects: [] };
    this.#apps.set(clientId, app);
    return app;
  }

  /** A token as this tenant gives them; with `upn` a person's. */
  issue(clientId: string, audience: string, upn?: string): string {
    const { lifetimeSeconds, tenant: tid } = this;
    const claims = { sub: clientId, aud: audience, appid: clientId, tid, lifetimeSeconds, ...(upn && { upn }) };
    return this.#tokens.issue(claims, Date.now());
  }

  /** Whose token for an audience it is: an application's id, or a person's name. */
  holder(token: string, audience: RegExp, now: number): string | undefined {
    const claims = this.#tokens.read(token, now);
    return claims && audience.test(claims.aud) ? String(claims["upn"] ?? claims["appid"]) : undefined;
  }

  answer(method: string, path: string, fields: URLSearchParams): Answer | undefined {
    const [, tenant, ...rest] = path.split("/");
    if (tenant !== this.tenant) return undefined;
    const base = `${this.origin}/${tenant}`;
    if (rest.join("/") === "v2.0/.well-known/openid-configuration") {
      return ok({
        issuer: `${base}/v2.0`,
        authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
        token_endpoint: `${base}/oauth2/v2.0/token`,
        jwks_uri: `${base}/discovery/v2.0/keys`,
      });
    }
    const isToken = method === "POST" && /^oauth2\/(v2\.0\/)?token$/.test(rest.join("/"));
    return isToken ? this.#grant(fields) : undefined;
  }

  #grant(fields: URLSearchParams): Answer {
    const app = this.#apps.get(fields.get("client_id") ?? "");
    if (!app)
      return refused(400, "unauthorized_client", "AADSTS700016: The application was not found in the directory");
    const assertion = this.assertions.read(fields.get("client_assertion") ?? "", Date.now());
    const isKnown = assertion ? app.subjects.includes(assertion.sub) : fields.get("client_secret") === app.secret;
    if (!isKnown) return refused(401, "invalid_client", "AADSTS7000215: Invalid client secret provided.");
    const audience =
      fields.get("resource") ??
      fields
        .get("scope")
        ?.split(" ")[0]
        ?.replace(/\/\.default$/, "") ??
      "";
    const token = this.issue(app.clientId, audience);
    return ok({ token_type: "Bearer", expires_in: this.lifetimeSeconds, ext_expires_in: 0, access_token: token });
  }
}
