import { randomBytes } from "node:crypto";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { failure, ok } from "./answer";
import { listen, send } from "./connection";
import { IdTokens } from "./id-tokens";

/** Azure Pipelines' endpoint for the identity tokens of a job, on loopback. */
export class AzureDevOpsOidc {
  readonly tokens = new IdTokens("https://vstoken.dev.azure.com/organization");
  readonly subject = "p://organization/project/pipeline";
  readonly audience = "api://AzureADTokenExchange";
  /** What a job finds in its environment. */
  readonly env: Record<string, string>;
  /** `METHOD path?query` of each question. */
  readonly asked: string[] = [];

  private constructor(
    private readonly server: Server,
    env: Record<string, string>,
  ) {
    this.env = env;
  }

  static async start(): Promise<AzureDevOpsOidc> {
    const jobToken = randomBytes(16).toString("hex");
    const server = await listen(0, (request, response) => {
      devOps.asked.push(`${request.method} ${request.url}`);
      const allowed = request.headers.authorization === `Bearer ${jobToken}`;
      const oidcToken = devOps.tokens.issue({ sub: devOps.subject, aud: devOps.audience }, Date.now());
      send(response, allowed ? ok({ oidcToken }) : failure(401, "401", "TF400813: not authorized"), Date.now());
    });
    const devOps = new AzureDevOpsOidc(server, {
      SYSTEM_ACCESSTOKEN: jobToken,
      SYSTEM_TEAMFOUNDATIONCOLLECTIONURI: `http://127.0.0.1:${(server.address() as AddressInfo).port}/organization/`,
      SYSTEM_TEAMPROJECTID: "project",
      SYSTEM_HOSTTYPE: "build",
      SYSTEM_PLANID: "plan",
      SYSTEM_JOBID: "job",
    });
    return devOps;
  }

  async stop(): Promise<void> {
    const closed = new Promise((done) => this.server.close(done));
    this.server.closeAllConnections();
    await closed;
  }
}
