import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A host that nobody means: it keeps every byte that it gets, and answers as a workspace that takes any token would. */
export class Stranger {
  received = "";
  connections = 0;
  readonly #pages = new Map<string, unknown>();

  private constructor(
    private readonly server: Server,
    readonly host: string,
  ) {}

  static async start(): Promise<Stranger> {
    const server = createServer((request, response) => {
      const page = stranger.#pages.get(request.url ?? "") ?? {};
      request
        .resume()
        .on("end", () => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(page)));
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const stranger = new Stranger(server, host);
    server.on("connection", (socket) => {
      stranger.connections += 1;
      socket.on("data", (chunk) => (stranger.received += chunk));
    });
    const token_endpoint = `${host}/oidc/v1/token`;
    stranger.tell("/oidc/.well-known/oauth-authorization-server", { token_endpoint });
    stranger.tell("/oidc/v1/token", { access_token: "given", token_type: "Bearer", expires_in: 3600 });
    return stranger;
  }

  /** Answers a path with a page from now on. */
  tell(path: string, page: unknown): void {
    this.#pages.set(path, page);
  }

  reset(): void {
    this.received = "";
    this.connections = 0;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}
