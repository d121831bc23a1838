import { DatabricksTokensError, hasCode, WITHHELD } from "../errors";
import { Secret } from "../secret";
import { ask, type Caller } from "./tokens";

/** The Secrets API. Putting and deleting are idempotent; creating a scope is not. */

export interface SecretScopeInfo {
  readonly name: string;
  /** Secrets of an Azure Key Vault are written there, not here. */
  readonly inKeyVault: boolean;
}

/** A secret as it is listed: never its value. */
export interface SecretInfo {
  readonly key: string;
  /** Epoch milliseconds; 0: the workspace did not say. */
  readonly lastUpdated: number;
}

const PATH = "/api/2.0/secrets";

/** The workspace takes upper and lower case for the same in the names of scopes and secrets. */
export const isSameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** Items of a list's answer; without the key there are none. */
function itemsOf({ client }: Caller, list: unknown, nameKey: string): Array<Record<string, unknown>> {
  const items = list ?? [];
  if (Array.isArray(items) && items.every((item) => typeof item?.[nameKey] === "string")) return items;
  throw new DatabricksTokensError("UNEXPECTED_ANSWER", `${client.host} gave a list of secrets or scopes that is none`);
}

/** `GET /api/2.0/secrets/scopes/list` */
export async function listScopes(caller: Caller): Promise<SecretScopeInfo[]> {
  const { body } = await ask<{ scopes?: unknown }>(caller, { method: "GET", path: `${PATH}/scopes/list` });
  return itemsOf(caller, body.scopes, "name").map(({ name, backend_type }) => ({
    name: String(name),
    inKeyVault: backend_type === "AZURE_KEYVAULT",
  }));
}

/**
 * `POST /api/2.0/secrets/scopes/create`, again after a transient failure: then ALREADY_EXISTS may mean the attempt
 * before. `beforeSend` as in {@link CallRequest}.
 */
export async function createScope(
  caller: Caller,
  { scope, initialManagePrincipal }: { scope: string; initialManagePrincipal?: string },
  beforeSend: () => Promise<void>,
): Promise<void> {
  await ask(caller, {
    method: "POST",
    path: `${PATH}/scopes/create`,
    body: { scope, ...(initialManagePrincipal && { initial_manage_principal: initialManagePrincipal }) },
    idempotent: true,
    beforeSend,
  });
}

/** `POST /api/2.0/secrets/scopes/delete`: with every secret in it. NOT_FOUND: there is none. */
export async function deleteScope(caller: Caller, scope: string): Promise<void> {
  await ask(caller, { method: "POST", path: `${PATH}/scopes/delete`, body: { scope }, idempotent: true });
}

/** `GET /api/2.0/secrets/list`. NOT_FOUND: there is no such scope. */
export async function listSecrets(caller: Caller, scope: string): Promise<SecretInfo[]> {
  const query = { scope };
  const { body } = await ask<{ secrets?: unknown }>(caller, { method: "GET", path: `${PATH}/list`, query });
  return itemsOf(caller, body.secrets, "key").map(({ key, last_updated_timestamp: time }) => ({
    key: String(key),
    lastUpdated: Number.isFinite(time) ? Number(time) : 0,
  }));
}

/** `POST /api/2.0/secrets/put`: writes over what is there. */
export async function putSecret(caller: Caller, scope: string, key: string, value: Secret): Promise<void> {
  const body = { scope, key, string_value: value.reveal() };
  await ask(caller, { method: "POST", path: `${PATH}/put`, body, idempotent: true });
}

/** `POST /api/2.0/secrets/delete`. NOT_FOUND: there is none. */
export async function deleteSecret(caller: Caller, scope: string, key: string): Promise<void> {
  await ask(caller, { method: "POST", path: `${PATH}/delete`, body: { scope, key }, idempotent: true });
}

/** `GET /api/2.0/secrets/get`; undefined: it can't be read from here, or is no text. */
export async function getSecret(caller: Caller, scope: string, key: string): Promise<Secret | undefined> {
  try {
    const query = { scope, key };
    const { body } = await ask<{ value?: unknown }>(caller, { method: "GET", path: `${PATH}/get`, query });
    if (typeof body.value !== "string") return undefined;
    return new Secret(
      new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(body.value, "base64")),
    );
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    if (hasCode(error, ...WITHHELD, "INVALID_REQUEST")) return undefined;
    throw error;
  }
}
