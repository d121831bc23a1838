import { randomUUID } from "node:crypto";
import { newValue } from "./tokens";

export interface Identity {
  readonly userName: string;
  readonly id: string;
  /** A bootstrap token of this identity: never expires, is in no list, works where personal access tokens don't. */
  readonly token: string;
  readonly admin: boolean;
  member: boolean;
  canUseTokens: boolean;
  /** Of a service principal: its application id, also in Entra, and its Databricks secret. */
  readonly clientId?: string;
  readonly clientSecret?: string;
}

export interface Role {
  admin?: boolean;
  canUseTokens?: boolean;
  /** Of the workspace; others are refused whatever they show. */
  member?: boolean;
  /** A service principal with an OAuth client of its own. */
  servicePrincipal?: boolean;
}

/** Who may call, by name and by bootstrap token. */
export class Identities {
  readonly #byName = new Map<string, Identity>();
  readonly #byBootstrap = new Map<string, Identity>();

  add(userName: string, { admin = false, canUseTokens = true, member = true, servicePrincipal }: Role = {}): Identity {
    const id = String(1000 + this.#byName.size);
    const client = servicePrincipal && { clientId: randomUUID(), clientSecret: `${randomUUID()}+/:%` };
    const identity: Identity = { userName, id, token: newValue(), admin, member, canUseTokens, ...client };
    this.#byName.set(userName, identity);
    this.#byBootstrap.set(identity.token, identity);
    return identity;
  }

  named(userName: string): Identity | undefined {
    return this.#byName.get(userName);
  }

  withBootstrap(value: string): Identity | undefined {
    return this.#byBootstrap.get(value);
  }

  withClientId(clientId: string): Identity | undefined {
    return this.all().find((identity) => identity.clientId !== undefined && identity.clientId === clientId);
  }

  all(): Identity[] {
    return [...this.#byName.values()];
  }
}
