import { setTimeout as sleep } from "node:timers/promises";
import type { Dispatcher } from "undici";
import { DatabricksTokensError, type ErrorCode } from "../errors";
import { clockSkew } from "../http/clock-skew";
import { type Connection, connectTo, proxySettings } from "../http/connection";
import { readErrorBody } from "../http/error-body";
import { errorFromNetwork, isTransient } from "../http/error-from-network";
import { exchange, type Incoming } from "../http/exchange";
import { isLoopback } from "../http/loopback";
import { quote } from "../http/quote";
import { backoffMs, retryAfterMs } from "../http/throttle";
import { jsonObject } from "../http/values";
import type { Secret } from "../secret";
import type { SignIn } from "./strategy";

const RETRIES = 2;
const FIRST_RETRY_MS = 300;

/** A question to whoever issues tokens. Asking twice does no harm. */
export interface Question {
  readonly method: Dispatcher.HttpMethod;
  readonly url: string;
  readonly headers?: Readonly<Record<string, Secret>>;
  /** Sent as a form. */
  readonly form?: Readonly<Record<string, string | Secret | undefined>>;
  /** Epoch ms. */
  readonly until: number;
  /** What a 404 means. @default that it has no such sign-in */
  readonly absent?: string;
}

type Answered = Exclude<Incoming, { failure: unknown }>;

/**
 * Asks an authority; gives its JSON object. Redirects are never followed. Every failure names the strategy, where its
 * credential comes from, and what the authority said, never the credential.
 */
export async function askAuthority(
  strategy: string,
  signIn: Pick<SignIn, "from" | "timeoutMs" | "surroundings">,
  question: Question,
): Promise<Record<string, unknown>> {
  for (let retried = 0; ; retried++) {
    const attempted = await attempt(strategy, signIn, question);
    if ("answer" in attempted) return attempted.answer;
    const { error, pauseMs } = attempted;
    const pause = Math.max(pauseMs ?? 0, backoffMs(retried, Math.random(), FIRST_RETRY_MS));
    const mayPass = isTransient(error) || error.code === "THROTTLED";
    if (!mayPass || retried >= RETRIES || Date.now() + pause >= question.until) throw error;
    await sleep(pause);
  }
}

type Attempted =
  | { readonly answer: Record<string, unknown> }
  | { readonly error: DatabricksTokensError; readonly pauseMs?: number | undefined };

async function attempt(
  strategy: string,
  { from, timeoutMs: callMs, surroundings }: Pick<SignIn, "from" | "timeoutMs" | "surroundings">,
  { method, url, headers = {}, form, until, absent }: Question,
): Promise<Attempted> {
  const address = addressOf(url, strategy, from);
  const failed = (code: ErrorCode, text: string, cause?: unknown): DatabricksTokensError =>
    new DatabricksTokensError(code, `The sign-in ${strategy} (${from}) failed: ${text}`, { cause });
  const timeoutMs = Math.min(callMs, until - Date.now());
  if (timeoutMs <= 0) return { error: failed("TIMEOUT", `its time was over before ${address.origin} was asked`) };
  const connection = connectionTo(address.origin, callMs, surroundings.env);
  const incoming = await exchange(connection.dispatcher, {
    url: address,
    method,
    headers: {
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.reveal()])),
      accept: "application/json",
      ...(form && { "content-type": "application/x-www-form-urlencoded" }),
    },
    body: form && formOf(form),
    timeoutMs,
  });
  if ("failure" in incoming) {
    const { proxied } = connection;
    const { timedOut, failure } = incoming;
    const error = errorFromNetwork(failure, { host: address.origin, timeoutMs, timedOut, proxied });
    return { error: failed(error.code, error.text, error.cause) };
  }
  const body = incoming.status === 200 ? jsonObject(incoming.body) : undefined;
  if (body) return { answer: body };
  const secrets = [...Object.values(headers), ...Object.values(form ?? {})].filter(
    (value) => typeof value === "object",
  );
  const [code, text] = meaning(incoming, address, secrets, absent);
  const pauseMs = retryAfterMs(incoming.headers["retry-after"], Date.now());
  return { error: failed(code, text), pauseMs };
}

/** What an answer that gives nothing means. */
function meaning(
  answer: Answered,
  { origin, pathname }: URL,
  secrets: readonly Secret[],
  absent = "it has no such sign-in. Is that a workspace's address?",
): [ErrorCode, string] {
  const { status, headers } = answer;
  const body = readErrorBody(answer.body, headers["content-type"]);
  const said = quote([body.errorCode, body.message].filter((part) => part !== "").join(": "), secrets);
  const where = `${origin}${pathname} answered ${status}${said === "" ? "" : ` (${said})`}`;
  if (status >= 300 && status < 400) {
    return ["WRONG_HOST", `${where} and sends callers elsewhere, which is never followed: is the address right?`];
  }
  if (status < 300) return ["UNEXPECTED_ANSWER", `${where}, which is not the JSON object that it should be`];
  if (status === 429) return ["THROTTLED", `${where}: too many requests. Run again later`];
  if (status >= 500 || status === 408) return ["SERVER_ERROR", `${where}: run again later`];
  if (status === 404 || status === 405) {
    return ["NOT_SUPPORTED", `${where}: ${absent}`];
  }
  const offset = Date.parse(headers["date"] ?? "") - Date.now();
  const toDo = "is the credential right and not expired, and is its principal a member of the workspace?";
  return ["CREDENTIAL_REFUSED", `${where}: ${toDo}${clockSkew(Number.isNaN(offset) ? 0 : offset)}`];
}

function addressOf(url: string, strategy: string, from: string): URL {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  const safe = address?.protocol === "https:" || (address?.protocol === "http:" && isLoopback(address.host));
  if (address && safe) return address;
  throw new DatabricksTokensError(
    "INVALID_CONFIG",
    `The sign-in ${strategy} (${from}) has an authority that is no https address${address ? `: ${address.origin}` : ""}`,
  );
}

function formOf(form: NonNullable<Question["form"]>): string {
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(form)) {
    if (value !== undefined) fields.append(name, typeof value === "string" ? value : value.reveal());
  }
  return fields.toString();
}

const connections = new Map<string, Connection>();

function connectionTo(origin: string, timeoutMs: number, env: SignIn["surroundings"]["env"]): Connection {
  const key = JSON.stringify([origin, timeoutMs, proxySettings(env)]);
  const connection = connections.get(key) ?? connectTo(origin, timeoutMs, env);
  connections.set(key, connection);
  return connection;
}
