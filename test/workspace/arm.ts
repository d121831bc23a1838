import { type Answer, failure, ok } from "./answer";
import type { Entra } from "./entra";

/** Azure Resource Manager: the workspaces of a subscription, by resource id, and who may see them. */
export class Arm {
  readonly #workspaces = new Map<string, string>();

  constructor(private readonly entra: Entra) {}

  /** `url` as the API gives it: a host name; on loopback with its scheme. */
  add(resourceId: string, url: string): void {
    this.#workspaces.set(resourceId.toLowerCase(), url);
  }

  /** Whether a token shows somebody to Azure itself. */
  admits(token: string): string | undefined {
    return this.entra.holder(token, /^https:\/\/management\.(core\.windows\.net|azure\.com)\/?$/, Date.now());
  }

  answer(method: string, path: string, query: URLSearchParams, token = ""): Answer | undefined {
    if (method !== "GET" || !path.startsWith("/subscriptions/")) return undefined;
    if (!query.has("api-version")) return failure(400, "MissingApiVersionParameter", "The api-version is required");
    if (this.admits(token) === undefined) {
      return {
        status: 401,
        body: { error: { code: "InvalidAuthenticationToken", message: "The access token is invalid." } },
      };
    }
    const workspaceUrl = this.#workspaces.get(path.toLowerCase());
    if (workspaceUrl !== undefined)
      return ok({ id: path, properties: { workspaceUrl, provisioningState: "Succeeded" } });
    return {
      status: 404,
      body: { error: { code: "ResourceNotFound", message: `The Resource '${path}' was not found.` } },
    };
  }
}
