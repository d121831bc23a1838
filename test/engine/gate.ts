import { createServer, type IncomingMessage, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Passes requests on, until `closesAfter` holds for one: that one is answered, and later ones wait for ever. */
export class Gate {
  closed = false;

  private constructor(
    private readonly server: Server,
    /** host:port */
    readonly address: string,
  ) {}

  static async to(address: string, closesAfter: (asked: IncomingMessage) => boolean): Promise<Gate> {
    const [host, port] = address.split(":");
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const gate = new Gate(server, `127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on("request", (asked, answer) => {
      if (gate.closed) return;
      const { url, method, headers } = asked;
      const onward = request({ host, port, path: url, method, headers }, (answered) => {
        if (closesAfter(asked)) gate.closed = true;
        answer.writeHead(answered.statusCode ?? 500, answered.headers);
        answered.pipe(answer);
      });
      asked.pipe(onward);
    });
    return gate;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}
