/** What a route answers; `body` is JSON unless it is a text. */
export interface Answer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

export const ok = (body: unknown = {}): Answer => ({ status: 200, body });

export const failure = (status: number, code: string | number, message: string): Answer => ({
  status,
  body: { error_code: code, message },
});

export const invalid = (message: string): Answer => failure(400, "INVALID_PARAMETER_VALUE", message);
export const denied = (message: string): Answer => failure(403, "PERMISSION_DENIED", message);
export const noSuchCall = (method: string, path: string): Answer =>
  failure(404, "ENDPOINT_NOT_FOUND", `No API found for '${method} ${path}'`);
export const unknownToken = (tokenId: string): Answer =>
  failure(404, "RESOURCE_DOES_NOT_EXIST", `No valid token with ID ${tokenId} found.`);
export const deadCredential = (): Answer => failure(403, 403, "Invalid access token.");
export const noCredential = (): Answer =>
  failure(401, 401, "Credential was not sent or was of an unsupported type for this API.");

export const page = (status: number, title: string): Answer => ({
  status,
  body: `<!doctype html><html><head><title>${title}</title></head><body><pre>${title}</pre></body></html>`,
  headers: { "content-type": "text/html" },
});

export const loginPage = (): Answer => page(200, "Databricks - Sign In");
