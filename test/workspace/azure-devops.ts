import type { IncomingMessage } from "node:http";
import { type Answer, failure, ok } from "./answer";
import { IdTokenEndpoint } from "./id-token-endpoint";
import { IdTokens } from "./id-tokens";

/** Azure Pipelines. Asked for: `METHOD path?query` of each question. */
export class AzureDevOpsOidc extends IdTokenEndpoint {
  readonly tokens = new IdTokens("https://vstoken.dev.azure.com/organization");
  readonly subject = "p://organization/project/pipeline";
  readonly audience = "api://AzureADTokenExchange";
  protected readonly refused = failure(401, "401", "TF400813: not authorized");

  static start(): Promise<AzureDevOpsOidc> {
    return new AzureDevOpsOidc().listen();
  }

  protected envOf(origin: string, jobToken: string): Record<string, string> {
    return {
      SYSTEM_ACCESSTOKEN: jobToken,
      SYSTEM_TEAMFOUNDATIONCOLLECTIONURI: `${origin}/organization/`,
      SYSTEM_TEAMPROJECTID: "project",
      SYSTEM_HOSTTYPE: "build",
      SYSTEM_PLANID: "plan",
      SYSTEM_JOBID: "job",
    };
  }

  protected granted({ method, url }: IncomingMessage): Answer {
    this.asked.push(`${method} ${url}`);
    return ok({ oidcToken: this.tokens.issue({ sub: this.subject, aud: this.audience }, Date.now()) });
  }
}
