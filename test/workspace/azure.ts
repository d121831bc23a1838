import type { IncomingMessage, Server as PlainServer, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { type Answer, noSuchCall } from "./answer";
import { Arm } from "./arm";
import { bodyOf, listen, send } from "./connection";
import { Entra } from "./entra";
import { Platforms } from "./platforms";
import { bearerOf } from "./sign-in";
import { makeTestCa, type TestCa } from "./tls";

/** Azure on this machine, over TLS with a test CA: an Entra ID tenant, the resource manager, platforms with identities. */
export class LocalAzure {
  readonly entra: Entra;
  readonly arm: Arm;
  readonly platforms: Platforms;
  /** `METHOD path` of every call. */
  readonly calls: string[] = [];
  /** In place of the true answer, or of any answer: for the calls that it returns something for. */
  fault: (call: string) => Answer | "hang" | undefined = () => undefined;

  private constructor(
    readonly origin: string,
    private readonly ca: TestCa,
    private readonly servers: ReadonlyArray<Server | PlainServer>,
    private readonly plainOrigin: string,
  ) {
    this.entra = new Entra(origin);
    this.arm = new Arm(this.entra);
    this.platforms = new Platforms(this.entra);
  }

  static async start(): Promise<LocalAzure> {
    const ca = await makeTestCa();
    const serve = (request: IncomingMessage, response: ServerResponse): void => {
      azure
        .#serve(request, response)
        .catch((error) => send(response, { status: 500, body: String(error) }, Date.now()));
    };
    const server = createServer({ key: ca.key, cert: ca.cert }, serve);
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    // The endpoint of managed identities speaks http, on the machine itself.
    const plain = await listen(0, serve);
    const port = (of: Pick<Server, "address">): number => (of.address() as AddressInfo).port;
    const azure = new LocalAzure(
      `https://localhost:${port(server)}`,
      ca,
      [server, plain],
      `http://127.0.0.1:${port(plain)}`,
    );
    return azure;
  }

  /** For a child process that takes this for Azure. */
  get env(): Record<string, string> {
    return {
      NODE_EXTRA_CA_CERTS: this.ca.caFile,
      AZURE_AUTHORITY_HOST: this.origin,
      ARM_ENDPOINT: this.origin,
      ARM_TENANT_ID: this.entra.tenant,
    };
  }

  get managedIdentityEnv(): Record<string, string> {
    return { IDENTITY_ENDPOINT: `${this.plainOrigin}/msi/token`, IDENTITY_HEADER: this.platforms.key };
  }

  async stop(): Promise<void> {
    for (const server of this.servers) {
      server.close();
      server.closeAllConnections();
    }
    this.ca.remove();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", this.origin);
    const method = request.method ?? "GET";
    const fields = new URLSearchParams(await bodyOf(request));
    const call = `${method} ${pathname}`;
    this.calls.push(call);
    const fault = this.fault(call);
    if (fault === "hang") return;
    const answer =
      fault ??
      this.entra.answer(method, pathname, fields) ??
      this.arm.answer(method, pathname, searchParams, bearerOf(request.headers.authorization)) ??
      this.platforms.answer(call, searchParams, request.headers) ??
      noSuchCall(method, pathname);
    send(response, answer, Date.now());
  }
}
