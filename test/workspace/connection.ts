import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { Answer } from "./answer";

/** Closed, or reset, without an answer; nothing until the client gives up; half an answer, then closed. */
export type BrokenConnection = "close" | "reset" | "hang" | "half-answer";

/** A server on loopback that never closes a connection by itself: a client's pool must not meet resets that no test asked for. */
export async function listen(port: number, serve: RequestListener): Promise<Server> {
  const server = createServer({ keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0 }, serve);
  await new Promise<void>((done, failed) => {
    server.once("error", failed);
    server.listen(port, "127.0.0.1", done);
  });
  return server;
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

export function send(response: ServerResponse, answer: Answer, now: number): void {
  const { head, text } = written(answer, now);
  response.writeHead(answer.status, head);
  response.end(text);
}

/** Does to the connection what a fault of that kind says; false: the kind is none of a broken connection. */
export function breakConnection(kind: string, response: ServerResponse, answer: Answer, now: number): boolean {
  const { socket } = response;
  switch (kind) {
    case "close":
      socket?.destroySoon();
      return true;
    case "reset":
      socket?.resetAndDestroy();
      return true;
    case "half-answer": {
      const { head, text } = written(answer, now);
      response.writeHead(answer.status, { ...head, "content-length": String(Buffer.byteLength(text)) });
      response.write(text.slice(0, text.length / 2), () => socket?.destroySoon());
      return true;
    }
    default:
      return kind === "hang";
  }
}

function written({ body, headers }: Answer, now: number): { head: Record<string, string>; text: string } {
  return {
    head: { "content-type": "application/json", date: new Date(now).toUTCString(), ...headers },
    text: typeof body === "string" ? body : JSON.stringify(body),
  };
}
