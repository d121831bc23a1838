import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * A key vault as Pulumi uses one for a stack's secrets: HashiCorp's two calls, for Azure's can't be sent elsewhere. Its
 * "encryption" only turns the text round, so that it can't be found in clear.
 */
export class KeyVault {
  /** How many calls there were. */
  asked = 0;

  private constructor(
    private readonly server: Server,
    readonly address: string,
  ) {}

  static async start(): Promise<KeyVault> {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const vault = new KeyVault(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on("request", async (request, response) => {
      vault.asked += 1;
      let text = "";
      for await (const chunk of request) text += chunk;
      const { plaintext = "", ciphertext = "" } = JSON.parse(text) as Record<string, string>;
      const round = (value: string): string => [...value].reverse().join("");
      const data = request.url?.includes("/encrypt/")
        ? { ciphertext: `vault:v1:${round(plaintext)}` }
        : { plaintext: round(ciphertext.slice("vault:v1:".length)) };
      response.setHeader("content-type", "application/json").end(JSON.stringify({ data }));
    });
    return vault;
  }

  async stop(): Promise<void> {
    await new Promise((done) => this.server.close(done));
  }
}
