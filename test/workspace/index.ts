import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type Answer, denied, failure } from "./answer";
import { answerOf, type Fault, Faults } from "./faults";
import { defaults, type Identity, newValue, type Settings, type TokenRecord } from "./records";
import { route } from "./routes";
import { Tokens } from "./tokens";

export type { Fault, FaultKind } from "./faults";
export type { Identity, Settings, TokenRecord } from "./records";

export interface Call {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: string;
  /** 0: no answer was given. */
  status: number;
  readonly identity?: string | undefined;
  readonly userAgent: string;
  /** Epoch ms of the workspace's clock. */
  readonly at: number;
}

/** An HTTP server on loopback that behaves like a Databricks workspace, with faults on request and a log of calls. */
export class LocalWorkspace {
  readonly calls: Call[] = [];
  readonly faults = new Faults();
  readonly settings: Settings = defaults();
  readonly admin: Identity;

  readonly #identities = new Map<string, Identity>();
  readonly #bootstrap = new Map<string, Identity>();
  readonly #tokens = new Tokens(this.settings, () => this.now());
  readonly #server: Server;
  #offset = 0;
  #fixed: number | undefined;

  private constructor(
    readonly orgId: string,
    private readonly latencyMs: number,
  ) {
    this.admin = this.addUser("admin@example.com", { admin: true });
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
  }

  static async start(
    options: { port?: number; latencyMs?: number; orgId?: string; maxRunSeconds?: number } = {},
  ): Promise<LocalWorkspace> {
    const workspace = new LocalWorkspace(options.orgId ?? "1234567890123456", options.latencyMs ?? 0);
    await new Promise<void>((done, failed) => {
      workspace.#server.once("error", failed);
      workspace.#server.listen(options.port ?? 0, "127.0.0.1", done);
    });
    setTimeout(() => void workspace.stop(), (options.maxRunSeconds ?? 3600) * 1000).unref();
    return workspace;
  }

  get host(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    if (this.#server.listening) await new Promise((done) => this.#server.close(done));
  }

  addUser(
    userName: string,
    {
      admin = false,
      canUseTokens = true,
      member = true,
    }: { admin?: boolean; canUseTokens?: boolean; member?: boolean } = {},
  ): Identity {
    const id = String(1000 + this.#identities.size);
    const identity: Identity = { userName, id, token: newValue(), admin, member, canUseTokens };
    this.#identities.set(userName, identity);
    this.#bootstrap.set(identity.token, identity);
    return identity;
  }

  /** The workspace's clock, epoch ms. */
  now(): number {
    return this.#fixed ?? Date.now() + this.#offset;
  }

  advance(ms: number): void {
    if (this.#fixed !== undefined) this.#fixed += ms;
    else this.#offset += ms;
  }

  /** Stops the clock at a moment; undefined lets it run again, right. */
  setClock(epochMs: number | undefined): void {
    this.#fixed = epochMs;
    this.#offset = 0;
  }

  /** Tokens that were minted here: those alive, or `all`. */
  tokens({ owner, all = false }: { owner?: string; all?: boolean } = {}): TokenRecord[] {
    return this.#tokens.all().filter((token) => (all || token.alive) && (!owner || token.owner === owner));
  }

  isAlive(value: string): boolean {
    return this.tokens().some((token) => token.value === value);
  }

  /** Revokes a token elsewhere: no call is logged. */
  revoke(tokenId: string): void {
    const token = this.#tokens.get(tokenId);
    if (token) this.#tokens.revoke(token);
  }

  /** Changes a token elsewhere. */
  editToken(tokenId: string, change: { comment?: string; scopes?: string[] }): void {
    const token = this.#tokens.get(tokenId);
    if (token) Object.assign(token, change);
  }

  /** Mints a token behind the API's back. */
  mint(owner: Identity, asked: { comment?: string; lifetimeSeconds?: number; scopes?: string[] } = {}): TokenRecord {
    return this.#tokens.mint(owner, asked);
  }

  /** How often `METHOD path` was called. */
  countCalls(call: string): number {
    return this.calls.filter((item) => `${item.method} ${item.path}` === call).length;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.host);
    const method = request.method ?? "GET";
    const text = await readBody(request);
    if (this.latencyMs > 0) await sleep(this.latencyMs);
    const { caller, shown, refusal } = this.#signIn(request.headers.authorization, url.pathname);
    const call: Call = {
      method,
      path: url.pathname,
      query: url.search.slice(1),
      status: 0,
      identity: caller?.userName,
      userAgent: request.headers["user-agent"] ?? "",
      at: this.now(),
    };
    this.calls.push(call);

    const fault = this.faults.take(method, url.pathname, caller?.userName);
    if (fault?.kind === "slow") await sleep(fault.delayMs ?? 1000);
    const early = fault && fault.kind !== "slow" && fault.when !== "after";
    let answer: Answer = { status: 200, body: {} };
    if (!early) {
      answer = refusal ?? this.#answer(method, url, text, caller!, shown);
      if (shown) shown.lastUsedDay = Math.floor(this.now() / 86_400_000) * 86_400_000;
    }
    if (fault && (await this.#break(fault, request, response, answer))) return;
    const final = (fault && answerOf(fault)) ?? answer;
    call.status = final.status;
    this.#send(response, final);
  }

  /** Acts on the connection where the fault says so; false: an answer is still to be sent. */
  async #break(fault: Fault, request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<boolean> {
    if (fault.kind === "close") request.socket.end();
    else if (fault.kind === "reset") request.socket.resetAndDestroy();
    else if (fault.kind === "half-answer") {
      const body = JSON.stringify(answer.body);
      response.writeHead(200, { "content-type": "application/json", "content-length": String(body.length) });
      response.write(body.slice(0, Math.floor(body.length / 2)));
      setTimeout(() => request.socket.destroy(), 20);
    } else return fault.kind === "hang";
    return true;
  }

  #answer(method: string, url: URL, text: string, caller: Identity, shown: TokenRecord | undefined): Answer {
    let body: Record<string, unknown> = {};
    try {
      if (text !== "") body = JSON.parse(text);
    } catch {
      return failure(400, "MALFORMED_REQUEST", "Could not parse request body");
    }
    return route({
      method,
      path: url.pathname,
      query: url.searchParams,
      body,
      caller,
      shown,
      identities: this.#identities,
      tokens: this.#tokens,
      settings: this.settings,
      orgId: this.orgId,
      idOf: (userName) => Number(this.#identities.get(userName)?.id ?? 0),
    });
  }

  #signIn(header: string | undefined, path: string): { caller?: Identity; shown?: TokenRecord; refusal?: Answer } {
    if (path.startsWith("/.well-known/") || path.startsWith("/oidc/")) {
      return { refusal: { status: 404, body: "", headers: { "content-type": "text/plain" } } };
    }
    const value = /^Bearer (.+)$/.exec(header ?? "")?.[1];
    if (value === undefined)
      return { refusal: failure(401, 401, "Credential was not sent or was of an unsupported type for this API.") };
    const shown = this.#tokens.accepted(value);
    const caller = shown ? this.#identities.get(shown.owner) : this.#bootstrap.get(value);
    if (!caller) return { refusal: failure(403, 403, "Invalid access token.") };
    if (!caller.member) return { caller, refusal: denied("User not authorized.") };
    return { caller, ...(shown && { shown }) };
  }

  #send(response: ServerResponse, { status, body, headers }: Answer): void {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    response.writeHead(status, {
      "content-type": "application/json",
      date: new Date(this.now()).toUTCString(),
      ...headers,
    });
    response.end(text);
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
