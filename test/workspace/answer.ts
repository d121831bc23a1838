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
export const LOGIN_PAGE =
  "<!doctype html><html><head><title>Databricks - Sign In</title></head><body>Sign in</body></html>";
