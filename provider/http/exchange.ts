import type { Dispatcher } from "undici";

/** Bytes of an answer at most; the longest real one, an admin's list of every token, stays far below. */
export const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** One request, ready to be sent. */
export interface Outgoing {
  readonly url: URL;
  readonly method: Dispatcher.HttpMethod;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly timeoutMs: number;
}

/** What came back: an answer, or why there is none. */
export type Incoming =
  | {
      readonly status: number;
      /** Names in lower case. */
      readonly headers: Readonly<Record<string, string | undefined>>;
      readonly body: string;
    }
  | { readonly failure: unknown; readonly timedOut: boolean };

class AnswerTooLong extends Error {
  // Read by the network's table as an answer that is no HTTP.
  readonly code = "HPE_ANSWER_TOO_LONG";
}

/** Sends one request and reads its answer, in `timeoutMs` milliseconds all in all. Redirects are not followed. */
export async function exchange(dispatcher: Dispatcher, outgoing: Outgoing): Promise<Incoming> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), outgoing.timeoutMs);
  try {
    const response = await dispatcher.request({
      origin: outgoing.url.origin,
      path: outgoing.url.pathname + outgoing.url.search,
      method: outgoing.method,
      headers: outgoing.headers,
      ...(outgoing.body !== undefined && { body: outgoing.body }),
      signal: controller.signal,
      // The signal above bounds the whole exchange.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of response.body as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > MAX_BODY_BYTES) throw new AnswerTooLong(`more than ${MAX_BODY_BYTES} bytes`);
      chunks.push(chunk);
    }
    const headers = Object.fromEntries(
      Object.entries(response.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]),
    );
    return { status: response.statusCode, headers, body: Buffer.concat(chunks).toString("utf8") };
  } catch (failure) {
    return { failure, timedOut: controller.signal.aborted };
  } finally {
    clearTimeout(timer);
  }
}
