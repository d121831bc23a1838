import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type Answer, failure, ok } from "./answer";
import { type Call, tokenIdOf } from "./calls";
import { Clock } from "./clock";
import { bodyOf, breakConnection, listen, send } from "./connection";
import { type EntraSignIn, tenantPage, withEntra } from "./entra-sign-in";
import { falseAnswer } from "./false-answers";
import { type Fault, Faults } from "./faults";
import { Identities, type Identity, type Role } from "./identities";
import { OAuth } from "./oauth";
import { route } from "./routes";
import { SecretScopes } from "./secrets-api";
import { type Change, Settings } from "./settings";
import { bearerOf, type SignIn, signIn } from "./sign-in";
import { type TokenRecord, Tokens } from "./tokens";

export type { Call } from "./calls";
export type { Fault, FaultKind, Standing } from "./faults";
export type { Identity } from "./identities";
export type { Settings } from "./settings";
export type { TokenRecord } from "./tokens";

/** An HTTP server on loopback that behaves like a Databricks workspace, with faults on request and a log of calls. */
export class LocalWorkspace {
  readonly calls: Call[] = [];
  readonly faults = new Faults();
  readonly settings = new Settings();
  readonly secrets = new SecretScopes();
  readonly admin: Identity;

  /** Set: an Azure workspace, which Entra ID signs in to. */
  entra: EntraSignIn | undefined;

  readonly #clock = new Clock();
  readonly #identities = new Identities();
  readonly #tokens = new Tokens(() => this.now());
  readonly oauth = new OAuth(this.#identities, () => this.now());
  /** Ends the waits under way. */
  readonly #stopped = new AbortController();
  #server: Server | undefined;
  #end: NodeJS.Timeout | undefined;
  #host = "";

  private constructor(
    readonly orgId: string,
    private readonly latencyMs: number,
  ) {
    this.admin = this.addUser("admin@example.com", { admin: true });
  }

  static async start(
    options: { port?: number; latencyMs?: number; orgId?: string; maxRunSeconds?: number } = {},
  ): Promise<LocalWorkspace> {
    const workspace = new LocalWorkspace(options.orgId ?? "1234567890123456", options.latencyMs ?? 0);
    const server = await listen(options.port ?? 0, (request, response) => {
      workspace.#serve(request, response).catch((error) => workspace.#failed(response, error));
    });
    workspace.#server = server;
    workspace.#host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    workspace.#end = setTimeout(() => void workspace.stop(), (options.maxRunSeconds ?? 3600) * 1000).unref();
    return workspace;
  }

  get host(): string {
    return this.#host;
  }

  /** At once, whatever connections and calls there are. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    // It would hold everything that was here until then.
    clearTimeout(this.#end);
    const closed = new Promise((done) => this.#server?.close(done));
    this.#server?.closeAllConnections();
    await closed;
  }

  addUser(userName: string, role: Role = {}): Identity {
    return this.#identities.add(userName, role);
  }

  /** The workspace's clock, epoch ms. */
  now(): number {
    return this.#clock.now();
  }

  advance(ms: number): void {
    this.#clock.advance(ms);
  }

  /** Stops the clock at a moment; undefined lets it run again, right. */
  setClock(epochMs: number | undefined): void {
    this.#clock.set(epochMs);
  }

  /** Tokens that were minted here: those alive, or `all`. */
  tokens({ owner, all = false }: { owner?: string; all?: boolean } = {}): TokenRecord[] {
    return this.#tokens.all(owner).filter((token) => all || token.alive);
  }

  /** Whether a token is neither revoked nor expired. */
  isAlive(value: string): boolean {
    return this.tokens().some((token) => token.value === value);
  }

  /** Whether a token signs its owner in right now: not yet after its minting, still after its revocation, with a lag. */
  signsIn(value: string): boolean {
    const token = this.#tokens.withValue(value);
    return token !== undefined && this.#tokens.signsIn(token);
  }

  /** Revokes a token elsewhere: no call is logged. */
  revoke(tokenId: string): void {
    const token = this.#tokens.get(tokenId);
    if (token) this.#tokens.revoke(token, this.settings);
  }

  /** Changes a token elsewhere. */
  editToken(tokenId: string, change: { comment?: string; scopes?: string[] }): void {
    const token = this.#tokens.get(tokenId);
    if (token) this.#tokens.edit(token, change);
  }

  /** Mints a token behind the API's back. */
  mint(owner: Identity, asked: { comment?: string; lifetimeSeconds?: number; scopes?: string[] } = {}): TokenRecord {
    return this.#tokens.mint(owner.userName, asked, this.settings);
  }

  /** How often `METHOD path` was called. */
  countCalls(call: string): number {
    return this.calls.filter((item) => `${item.method} ${item.path}` === call).length;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.#host);
    const text = await bodyOf(request);
    const isForm = /^application\/x-www-form-urlencoded/.test(request.headers["content-type"] ?? "");
    const body = isForm ? {} : parse(text);
    await this.#wait(this.latencyMs);
    const value = bearerOf(request.headers.authorization);
    const byOther = (token: string): Identity | undefined =>
      this.oauth.withToken(token) ?? (this.entra && withEntra(this.entra, token, request.headers, this.#identities));
    const known = { identities: this.#identities, tokens: this.#tokens, byOther };
    const form = { authorization: request.headers.authorization, fields: new URLSearchParams(isForm ? text : "") };
    const open =
      tenantPage(url.pathname, this.entra) ?? this.oauth.answer(`${request.method} ${url.pathname}`, this.#host, form);
    const signedIn = open ? { refusal: open } : signIn(url.pathname, value, known);
    const call: Call = {
      method: request.method ?? "GET",
      path: url.pathname,
      query: url.search.slice(1),
      status: 0,
      identity: signedIn.caller?.userName,
      signedInWith: value === undefined ? undefined : this.#tokens.withValue(value)?.tokenId,
      about: tokenIdOf(url.pathname, body ?? {}),
      userAgent: request.headers["user-agent"] ?? "",
      at: this.now(),
    };
    this.calls.push(call);

    const fault = this.faults.take(call);
    const effect = (): Answer => this.#effect(call, url.searchParams, body, signedIn, fault?.settings);
    const answer = fault ? await this.#misbehave(fault, call, effect) : effect();
    if (fault && breakConnection(fault.kind, response, answer, this.now())) return;
    call.status = answer.status;
    send(response, answer, this.now());
  }

  /** The answer that a fault gives, and the effect of the call before it, after it or not at all. */
  async #misbehave(fault: Fault, call: Call, effect: () => Answer): Promise<Answer> {
    call.fault = fault.kind;
    const pause = (): Promise<void> =>
      fault.until ? this.#held(fault.until) : this.#wait(fault.delayMs ?? (fault.kind === "slow" ? 1000 : 0));
    const after = fault.when === "after";
    if (!after) await pause();
    if (fault.kind === "repeat") effect();
    const takesEffect = after || fault.kind === "slow" || fault.kind === "as-if" || fault.kind === "repeat";
    const answer = takesEffect ? effect() : ok();
    if (after) await pause();
    return falseAnswer(fault, call, this.now()) ?? answer;
  }

  #effect(
    { method, path, about }: Call,
    query: URLSearchParams,
    body: Record<string, unknown> | undefined,
    { caller, shown, refusal }: SignIn,
    changed: Change | undefined,
  ): Answer {
    if (refusal) return refusal;
    if (!body) return failure(400, "MALFORMED_REQUEST", "Could not parse request body");
    const [identities, tokens, secrets] = [this.#identities, this.#tokens, this.secrets];
    const [orgId, now] = [this.orgId, this.now()];
    const settings = changed ? this.settings.with(changed) : this.settings;
    return route({
      method,
      path,
      query,
      body,
      about,
      caller,
      shown,
      identities,
      tokens,
      secrets,
      settings,
      orgId,
      now,
    });
  }

  async #wait(ms: number): Promise<void> {
    if (ms > 0) await sleep(ms, undefined, { signal: this.#stopped.signal });
  }

  async #held(until: Promise<unknown>): Promise<void> {
    const { signal } = this.#stopped;
    const stop = new Promise<never>((_, failed) => signal.addEventListener("abort", () => failed(signal.reason)));
    await Promise.race([until, stop]);
  }

  /** A client that went away while it sent, a stop while a call waited, or a defect of this server: that one is told. */
  #failed(response: ServerResponse, error: Error): void {
    if (this.#stopped.signal.aborted || response.headersSent) response.destroy();
    else send(response, failure(500, "LOCAL_WORKSPACE_DEFECT", String(error.stack)), this.now());
  }
}

/** A JSON object, or nothing at all; undefined where it is neither. */
function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = text === "" ? {} : JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
