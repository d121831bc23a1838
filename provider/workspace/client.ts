import { setTimeout as delay } from "node:timers/promises";
import { DatabricksTokensError, hasCode } from "../errors";
import { type Connection, connectTo } from "../http/connection";
import { errorFromNetwork, isTransient } from "../http/error-from-network";
import { exchange } from "../http/exchange";
import { ServerClock } from "../http/server-clock";
import { backoffMs, type Clock, retryAfterMs, type Throttle, throttleOf } from "../http/throttle";
import type { Secret } from "../secret";
import type { Authorization } from "./authorization";
import type { CallRequest, CallResult, ClientOptions } from "./call";
import { errorFromResponse } from "./error-from-response";
import { address, dateOf, hasBody, successBody } from "./response";
import { userAgent } from "./user-agent";
import { WorkspaceCheck } from "./workspace-check";

export type { Authorization } from "./authorization";
export { bearer } from "./authorization";

/** Its answer says which workspace it comes from; a refusal may, too. */
const WHO_AM_I = "/api/2.0/preview/scim/v2/Me";
const CALL_TIMEOUT_MS = 30_000;
const OPERATION_TIMEOUT_MS = 300_000;
const RETRIES = 3;
const FIRST_RETRY_MS = 500;

interface Failed {
  readonly result?: undefined;
  readonly error: DatabricksTokensError;
  /** Of the answer; 0: there was none. */
  readonly status: number;
  /** What Retry-After asks for. */
  readonly pauseMs?: number | undefined;
  /** The headers that did not sign the caller in. */
  readonly refused?: Readonly<Record<string, Secret>>;
}

/**
 * The REST client of one workspace: kept connections, proxies, a deadline for every call, redirects seen and not
 * followed, errors typed. A call that was answered 429 was not processed: it waits as told and is made again, whatever
 * its method. Other failures are tried again for idempotent calls alone; else the error says whether it is `ambiguous`.
 */
export class WorkspaceClient {
  readonly #timeoutMs: number;
  readonly #userAgent: (strategy: string) => string;
  readonly #clock: Clock;
  readonly #connection: Connection;
  readonly #owned: boolean;
  readonly #throttle: Throttle;
  readonly #check: WorkspaceCheck | undefined;
  /** The workspace's clock. */
  readonly clock: ServerClock;
  #closed = false;

  /** `host` is an origin, as parseHost gives it. */
  constructor(
    readonly host: string,
    options: ClientOptions = {},
  ) {
    this.#timeoutMs = options.timeoutMs ?? CALL_TIMEOUT_MS;
    this.#userAgent = options.userAgent ?? userAgent;
    this.#clock = {
      now: options.now ?? Date.now,
      sleep: options.sleep ?? (async (ms) => void (await delay(ms))),
      random: options.random ?? Math.random,
    };
    this.#check = options.expected && new WorkspaceCheck(host, options.expected);
    this.clock = new ServerClock(this.#clock.now);
    this.#owned = options.dispatcher === undefined;
    this.#connection = options.dispatcher
      ? { dispatcher: options.dispatcher, proxied: false }
      : connectTo(host, this.#timeoutMs, options.env ?? process.env);
    this.#throttle = throttleOf(host);
  }

  /** The server's time less ours in ms; undefined until it is known. */
  get clockOffsetMs(): number | undefined {
    return this.clock.offsetMs;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** The server's time, epoch ms; ours until its own is known. */
  serverNow(): number {
    return this.clock.serverNow();
  }

  async call<T = unknown>(request: CallRequest): Promise<CallResult<T>> {
    const { now, sleep, random } = this.#clock;
    const deadline = request.deadline ?? now() + OPERATION_TIMEOUT_MS;
    const idempotent = request.idempotent ?? (request.method !== "POST" && request.method !== "PATCH");
    let renewed = false;
    if (request.method !== "GET") await this.#assertWorkspace(request.authorization, deadline);
    for (let retried = 0; ; ) {
      await this.#throttle.wait(deadline, this.#clock);
      const signInHeaders = await request.authorization.headers(deadline);
      // The sign-in may have taken a while.
      await this.#throttle.wait(deadline, this.#clock);
      await request.beforeSend?.();
      const sentAt = now();
      const outcome = await this.#attempt<T>(request, deadline, signInHeaders);
      if (outcome.result) {
        this.#throttle.admitted(sentAt);
        return outcome.result;
      }
      const { error, pauseMs, refused, status } = outcome;
      // Refused before it was processed: a fetched token is fetched anew, once.
      if (refused && request.authorization.forget && !renewed) {
        request.authorization.forget(refused);
        renewed = true;
        continue;
      }
      // Of another status the same words say nothing of what was done.
      if (error.code === "THROTTLED" && (status === 429 || idempotent)) {
        this.#throttle.refused(sentAt, pauseMs, this.#clock);
        continue;
      }
      if (!idempotent || retried >= (request.retries ?? RETRIES) || !isTransient(error)) throw error;
      const pause = Math.max(pauseMs ?? 0, backoffMs(retried, random(), FIRST_RETRY_MS));
      if (now() + pause >= deadline) throw error;
      retried += 1;
      await sleep(pause);
    }
  }

  /** A change goes only to the workspace that is expected: who signs in asks first. */
  async #assertWorkspace(authorization: Authorization, deadline: number): Promise<void> {
    if (!this.#check || this.#check.isDone) return;
    await this.call({ method: "GET", path: WHO_AM_I, authorization, deadline }).catch((error) => {
      if (hasCode(error, "WRONG_WORKSPACE")) throw error;
    });
    this.#check.assertDone();
  }

  /** Ends the client's connections once the calls under way are over. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#owned) await this.#connection.dispatcher.close();
  }

  async #attempt<T>(
    request: CallRequest,
    deadline: number,
    signInHeaders: Readonly<Record<string, Secret>>,
  ): Promise<{ result: CallResult<T> } | Failed> {
    const { now } = this.#clock;
    const { host } = this;
    const { strategy, source } = request.authorization;
    const signIn = Object.entries(signInHeaders);
    const sentAt = now();
    const timeoutMs = Math.min(this.#timeoutMs, deadline - sentAt);
    if (timeoutMs <= 0) {
      const text = `The time for this operation was over before ${host} could be asked (${request.method} ${request.path})`;
      throw new DatabricksTokensError("TIMEOUT", `${text}; raise databricks:operationTimeoutSeconds`);
    }
    const outgoing = {
      url: address(host, request),
      method: request.method,
      headers: {
        ...Object.fromEntries(signIn.map(([name, value]) => [name, value.reveal()])),
        accept: "application/json",
        "user-agent": this.#userAgent(strategy),
        ...(request.body !== undefined && { "content-type": "application/json" }),
      },
      body: request.body === undefined ? undefined : JSON.stringify(request.body),
      timeoutMs,
    };
    const incoming = await exchange(this.#connection.dispatcher, outgoing);
    if ("failure" in incoming) {
      const { timedOut, failure } = incoming;
      const attempt = { host, timeoutMs, timedOut, proxied: this.#connection.proxied };
      return { error: errorFromNetwork(failure, attempt), status: 0 };
    }
    const endedAt = now();
    this.#check?.look(incoming.headers["x-databricks-org-id"]);
    const date = dateOf(incoming.headers["date"]);
    const body = successBody(request.method, incoming);
    if (body) {
      // A cache's copy tells its own time, not that of now.
      if (incoming.headers["age"] === undefined && hasBody(incoming)) this.clock.learn(date ?? 0, sentAt, endedAt);
      return { result: { status: incoming.status, body: body as T, sentAt, endedAt } };
    }
    const { status } = incoming;
    const clockOffsetMs = date === undefined ? 0 : date - endedAt;
    const hide = signIn.map(([, value]) => value);
    const error = errorFromResponse({ ...incoming, path: request.path, host, strategy, source, hide, clockOffsetMs });
    const pauseMs = retryAfterMs(incoming.headers["retry-after"], date ?? this.serverNow());
    const isRefused = status === 401 || (error.code === "CREDENTIAL_REFUSED" && status >= 400 && status < 500);
    return { error, status, pauseMs, ...(isRefused && { refused: signInHeaders }) };
  }
}
