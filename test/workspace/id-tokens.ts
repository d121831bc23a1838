import { createHmac, randomBytes } from "node:crypto";

export interface Claims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string;
  /** Epoch seconds. */
  readonly exp: number;
  readonly [claim: string]: unknown;
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Issues JSON web tokens and knows its own again; its key lives as long as the process. */
export class IdTokens {
  readonly #key = randomBytes(32);

  constructor(readonly issuer: string) {}

  issue(claims: { sub: string; aud: string; lifetimeSeconds?: number; [claim: string]: unknown }, now: number): string {
    const { lifetimeSeconds = 3600, ...rest } = claims;
    const iat = Math.floor(now / 1000);
    const text = `${part({ alg: "HS256", typ: "JWT" })}.${part({ iss: this.issuer, iat, exp: iat + lifetimeSeconds, ...rest })}`;
    return `${text}.${this.#sign(text)}`;
  }

  /** What a token of this issuer says that has not expired; undefined for every other. */
  read(token: string, now: number): Claims | undefined {
    const [header, payload, signature] = token.split(".");
    if (!payload || signature !== this.#sign(`${header}.${payload}`)) return undefined;
    const claims: Claims = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
    return claims.exp * 1000 > now ? claims : undefined;
  }

  #sign(text: string): string {
    return createHmac("sha256", this.#key).update(text).digest("base64url");
  }
}
