import { setTimeout as sleep } from "node:timers/promises";
import { Agent, type Dispatcher, EnvHttpProxyAgent, request as send } from "undici";
import { DatabricksTokensError } from "../errors";
import { Secret } from "../secret";
import { errorFromAnswer, isThrottled } from "./answer";
import { isLoopback } from "./host";
import { errorFromNetwork } from "./network";
import { backoffMs, retryAfterMs } from "./pace";
import { userAgent } from "./user-agent";

/** What signs a call, and how it is named to people. */
export interface Authorization {
  /** The official name of the way to sign in, such as `pat`. */
  readonly strategy: string;
  /** Where it comes from, such as `Pulumi config databricks:token`. */
  readonly source: string;
  headers(): Promise<Record<string, Secret>>;
}

/** Signs calls with a token itself. */
export function bearer(token: Secret, source: string): Authorization {
  return {
    strategy: "pat",
    source,
    headers: async () => ({ authorization: new Secret(`Bearer ${token.reveal()}`) }),
  };
}

export interface Call {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE" | "PUT";
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  readonly authorization: Authorization;
  /** When the call must be over, waits and retries included; epoch ms of the client's clock. Default: no bound. */
  readonly deadline?: number;
  /** May be repeated after a failure that leaves open whether it took effect. Default: GET, DELETE, PUT. */
  readonly idempotent?: boolean;
  /** How often an idempotent call is repeated. Default 3. */
  readonly retries?: number;
}

export interface CallResult<T> {
  readonly status: number;
  readonly body: T;
}

export interface ClientOptions {
  /** For one request, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly dispatcher?: Dispatcher;
  readonly now?: () => number;
  readonly sleep?: (ms: number) => Promise<void>;
}

const LARGEST_BODY = 64 * 1024 * 1024;
/** `Date` has a resolution of a second: less is no offset. */
const CLOCK_RESOLUTION_MS = 2_000;

/** Calls one workspace. Pooled; redirects are seen and not followed; a 429 holds all calls to the workspace. */
export class WorkspaceClient {
  /** Server time less local time, in ms, from the latest `Date` header; undefined before any answer. */
  clockOffsetMs: number | undefined;

  readonly #dispatcher: Dispatcher;
  readonly #timeoutMs: number;
  readonly #now: () => number;
  readonly #sleep: (ms: number) => Promise<void>;
  #heldUntil = 0;

  constructor(
    readonly host: string,
    options: ClientOptions = {},
  ) {
    this.#timeoutMs = options.timeoutMs ?? 30_000;
    this.#now = options.now ?? Date.now;
    this.#sleep = options.sleep ?? (async (ms) => void (await sleep(ms)));
    this.#dispatcher = options.dispatcher ?? dispatcherFor(host, options.env ?? {});
  }

  /** The server's time, epoch ms. */
  serverNow(): number {
    const offset = this.clockOffsetMs ?? 0;
    return this.#now() + (Math.abs(offset) < CLOCK_RESOLUTION_MS ? 0 : offset);
  }

  /**
   * Makes a call and gives its JSON object.
   * @throws DatabricksTokensError; `ambiguous` if it may have taken effect all the same.
   */
  async call<T = unknown>(call: Call): Promise<CallResult<T>> {
    const idempotent = call.idempotent ?? ["GET", "DELETE", "PUT"].includes(call.method);
    let retries = idempotent ? (call.retries ?? 3) : 0;
    for (let attempt = 1; ; attempt++) {
      await this.#untilReleased(call);
      try {
        return await this.#once<T>(call);
      } catch (error) {
        if (error instanceof Throttled) {
          // Not processed, so even a creation may be asked again.
          const wait = error.waitMs ?? backoffMs(attempt, Math.random());
          this.#heldUntil = Math.max(this.#heldUntil, this.#now() + wait);
          if (this.#heldUntil >= (call.deadline ?? Number.POSITIVE_INFINITY)) throw error.error;
          continue;
        }
        const transient = error instanceof DatabricksTokensError && (error.ambiguous || error.code === "UNREACHABLE");
        const pause = backoffMs(attempt, Math.random()) / 2;
        if (!transient || retries-- <= 0 || this.#now() + pause >= (call.deadline ?? Number.POSITIVE_INFINITY))
          throw error;
        await this.#sleep(pause);
      }
    }
  }

  async close(): Promise<void> {
    await this.#dispatcher.close();
  }

  async #untilReleased(call: Call): Promise<void> {
    for (;;) {
      const wait = this.#heldUntil - this.#now();
      if (wait <= 0) return;
      if (this.#heldUntil >= (call.deadline ?? Number.POSITIVE_INFINITY)) {
        throw new DatabricksTokensError(
          "THROTTLED",
          `${this.host} asks to wait ${Math.ceil(wait / 1000)} s, longer than this operation may take. Run the command again later`,
        );
      }
      await this.#sleep(wait);
    }
  }

  async #once<T>(call: Call): Promise<CallResult<T>> {
    const name = `${call.method} ${call.path}`;
    const credentials = await call.authorization.headers();
    const secrets = Object.values(credentials).map((secret) => secret.reveal().replace(/^Bearer /, ""));
    const left = Math.min(this.#timeoutMs, (call.deadline ?? Number.POSITIVE_INFINITY) - this.#now());
    if (left <= 0)
      throw new DatabricksTokensError("TIMEOUT", `The operation's time was over before ${name} on ${this.host}`);
    const url = new URL(call.path, this.host);
    for (const [key, value] of Object.entries(call.query ?? {}))
      if (value !== undefined) url.searchParams.set(key, value);

    const started = this.#now();
    let answer: { status: number; headers: Record<string, string | string[] | undefined>; body: string };
    try {
      const response = await send(url, {
        method: call.method,
        dispatcher: this.#dispatcher,
        signal: AbortSignal.timeout(left),
        headers: {
          accept: "application/json",
          "user-agent": userAgent(call.authorization.strategy),
          ...(call.body !== undefined && { "content-type": "application/json" }),
          ...Object.fromEntries(Object.entries(credentials).map(([key, secret]) => [key, secret.reveal()])),
        },
        ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
      });
      answer = { status: response.statusCode, headers: response.headers, body: await readBody(response.body) };
    } catch (error) {
      throw errorFromNetwork(error, name, this.host);
    }
    this.#keepTime(answer.headers["date"], started);

    const { strategy, source } = call.authorization;
    const failure = { ...answer, host: this.host, call: name, strategy, source, secrets };
    if (isThrottled(answer)) throw new Throttled(retryAfterMs(answer.headers, this.#now()), errorFromAnswer(failure));
    if (answer.status < 200 || answer.status >= 300) throw errorFromAnswer(failure);
    const body = answer.body === "" ? {} : parseObject(answer.body);
    if (body === undefined) throw errorFromAnswer(failure);
    return { status: answer.status, body: body as T };
  }

  #keepTime(header: string | string[] | undefined, started: number): void {
    const date = Date.parse(String(header ?? ""));
    if (!Number.isNaN(date)) this.clockOffsetMs = date + 500 - (started + this.#now()) / 2;
  }
}

/** A call that the workspace did not process for now. */
class Throttled extends Error {
  constructor(
    readonly waitMs: number | undefined,
    readonly error: DatabricksTokensError,
  ) {
    super(error.message);
  }
}

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

async function readBody(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > LARGEST_BODY) throw new Error("the answer is larger than 64 MiB");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Loopback is never behind a proxy; elsewhere HTTPS_PROXY and NO_PROXY decide. */
function dispatcherFor(host: string, env: Readonly<Record<string, string | undefined>>): Dispatcher {
  const pool = { connections: 64, keepAliveTimeout: 10_000 };
  const proxy = (name: string): string | undefined => env[name.toUpperCase()] || env[name] || undefined;
  const httpsProxy = proxy("https_proxy");
  if (isLoopback(new URL(host).hostname) || !httpsProxy) return new Agent(pool);
  return new EnvHttpProxyAgent({ ...pool, httpsProxy, noProxy: proxy("no_proxy") ?? "" });
}

const clients = new Map<string, WorkspaceClient>();

/** The process's one client for a workspace. */
export function clientFor(host: string, options: ClientOptions = {}): WorkspaceClient {
  const key = `${host} ${options.timeoutMs ?? ""}`;
  const client = clients.get(key) ?? new WorkspaceClient(host, options);
  clients.set(key, client);
  return client;
}
