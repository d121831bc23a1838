import { type Answer, denied, failure, invalid, ok } from "./answer";
import type { Request } from "./routes";

interface Scope {
  readonly name: string;
  readonly inKeyVault: boolean;
  /** User names; with `users`: everybody. */
  readonly managers: string[];
  readonly secrets: Map<string, { value: Buffer; lastUpdated: number }>;
}

/** By name, in which upper and lower case are the same; it stays as it was first written. */
class Named<T> extends Map<string, T> {
  #held(name: string): string {
    return [...this.keys()].find((key) => key.toLowerCase() === name.toLowerCase()) ?? name;
  }
  override get(name: string): T | undefined {
    return super.get(this.#held(name));
  }
  override has(name: string): boolean {
    return super.has(this.#held(name));
  }
  override set(name: string, value: T): this {
    return super.set(this.#held(name), value);
  }
  override delete(name: string): boolean {
    return super.delete(this.#held(name));
  }
}

/** Every scope of the workspace, by name. */
export class SecretScopes {
  readonly #scopes = new Named<Scope>();

  get(name: string): Scope | undefined {
    return this.#scopes.get(name);
  }

  all(): Scope[] {
    return [...this.#scopes.values()];
  }

  add(name: string, managers: string[], inKeyVault = false): Scope {
    const scope: Scope = { name, inKeyVault, managers, secrets: new Named() };
    this.#scopes.set(name, scope);
    return scope;
  }

  remove(name: string): void {
    this.#scopes.delete(name);
  }

  /** A secret as a text. */
  value(scope: string, key: string): string | undefined {
    return this.get(scope)?.secrets.get(key)?.value.toString();
  }

  /** Written elsewhere; `now` as of the workspace's clock. */
  put(scope: string, key: string, value: string | Buffer, now: number): void {
    this.get(scope)?.secrets.set(key, { value: Buffer.from(value as string), lastUpdated: now });
  }
}

const NAME = /^[\w.@/-]{1,128}$/;
const BASE = "/api/2.0/secrets/";
const noScope = (name: string): Answer => failure(404, "RESOURCE_DOES_NOT_EXIST", `Scope ${name} does not exist!`);
const noSecret = (scope: string, key: string): Answer =>
  failure(404, "RESOURCE_DOES_NOT_EXIST", `Secret does not exist with scope: ${scope} and key: ${key}`);

/** The Secrets API. Permissions are simple: who manages a scope reads and writes it, and so do administrators. */
export function secretsApi(request: Request): Answer | undefined {
  const { method, path, secrets } = request;
  const call = path.startsWith(BASE) ? `${method} ${path.slice(BASE.length)}` : "";
  if (call === "GET scopes/list") return listScopes(secrets);
  if (call === "POST scopes/create") return createScope(request);
  const act = {
    "POST scopes/delete": removeScope,
    "POST put": put,
    "POST delete": remove,
    "GET list": list,
    "GET get": get,
  }[call];
  if (!act) return undefined;
  const name = String(method === "GET" ? (request.query.get("scope") ?? "") : (request.body["scope"] ?? ""));
  const scope = secrets.get(name);
  if (!scope) return noScope(name);
  const { caller } = request;
  if (!caller.admin && !scope.managers.includes("users") && !scope.managers.includes(caller.userName)) {
    return denied(`User ${caller.userName} does not have permission on scope: ${name}`);
  }
  return act(request, scope);
}

function listScopes(secrets: SecretScopes): Answer {
  const scopes = secrets
    .all()
    .map(({ name, inKeyVault }) => ({ name, backend_type: inKeyVault ? "AZURE_KEYVAULT" : "DATABRICKS" }));
  return ok(scopes.length > 0 ? { scopes } : {});
}

function createScope({ body, secrets, caller }: Request): Answer {
  const { scope, initial_manage_principal: principal } = body;
  if (typeof scope !== "string" || !NAME.test(scope)) return invalid("Scope name is not valid");
  if (secrets.get(scope)) return failure(400, "RESOURCE_ALREADY_EXISTS", `Scope ${scope} already exists!`);
  if (principal !== undefined && principal !== "users") return invalid("initial_manage_principal must be users");
  secrets.add(scope, [caller.userName, ...(principal ? ["users"] : [])]);
  return ok();
}

function removeScope({ secrets }: Request, { name }: Scope): Answer {
  secrets.remove(name);
  return ok();
}

function put({ body, secrets, now }: Request, scope: Scope): Answer {
  const { key, string_value: text, bytes_value: bytes } = body;
  if (scope.inKeyVault) return failure(400, "BAD_REQUEST", "Cannot write secrets to this scope");
  if (typeof key !== "string" || !NAME.test(key)) return invalid("Key is not valid");
  if (typeof text !== "string" && typeof bytes !== "string") return invalid("string_value or bytes_value is required");
  const value = typeof text === "string" ? Buffer.from(text) : Buffer.from(String(bytes), "base64");
  if (value.length > 131_072) return invalid("The value is over the limit of 128 KB");
  if (scope.secrets.size >= 1000 && !scope.secrets.has(key)) {
    return failure(400, "RESOURCE_LIMIT_EXCEEDED", "The scope holds 1000 secrets");
  }
  secrets.put(scope.name, key, value, now);
  return ok();
}

function remove({ body }: Request, { name, secrets }: Scope): Answer {
  const key = String(body["key"] ?? "");
  return secrets.delete(key) ? ok() : noSecret(name, key);
}

function list(_request: Request, { secrets }: Scope): Answer {
  const found = [...secrets].map(([key, { lastUpdated }]) => ({ key, last_updated_timestamp: lastUpdated }));
  return ok(found.length > 0 ? { secrets: found } : {});
}

function get({ query }: Request, { name, secrets }: Scope): Answer {
  const key = query.get("key") ?? "";
  const found = secrets.get(key);
  return found ? ok({ key, value: found.value.toString("base64") }) : noSecret(name, key);
}
