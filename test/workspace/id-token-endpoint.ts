import { randomBytes } from "node:crypto";
import type { IncomingMessage, Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Answer } from "./answer";
import { listen, send } from "./connection";
import type { IdTokens } from "./id-tokens";

/** Where a CI service gives its jobs their identity tokens, on loopback. */
export abstract class IdTokenEndpoint {
  abstract readonly tokens: IdTokens;
  abstract readonly subject: string;
  /** What was asked for, a line each. */
  readonly asked: string[] = [];
  readonly #jobToken = randomBytes(16).toString("hex");
  #server: Server | undefined;

  /** What a job finds in its environment. */
  get env(): Record<string, string> {
    const { port } = this.#server!.address() as AddressInfo;
    return this.envOf(`http://127.0.0.1:${port}`, this.#jobToken);
  }

  protected abstract envOf(origin: string, jobToken: string): Record<string, string>;
  /** Notes what was asked for, and gives a token. */
  protected abstract granted(request: IncomingMessage): Answer;
  /** To whoever does not show the job's token. */
  protected abstract readonly refused: Answer;

  async listen(): Promise<this> {
    this.#server = await listen(0, (request, response) => {
      const granted = this.granted(request);
      const allowed = request.headers.authorization === `Bearer ${this.#jobToken}`;
      send(response, allowed ? granted : this.refused, Date.now());
    });
    return this;
  }

  async stop(): Promise<void> {
    const closed = new Promise((done) => this.#server?.close(done));
    this.#server?.closeAllConnections();
    await closed;
  }
}
