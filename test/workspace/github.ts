import type { IncomingMessage } from "node:http";
import { type Answer, failure, ok } from "./answer";
import { IdTokenEndpoint } from "./id-token-endpoint";
import { IdTokens } from "./id-tokens";

/** GitHub Actions, for a job with `permissions: id-token: write`. Asked for: the audiences. */
export class GitHubOidc extends IdTokenEndpoint {
  readonly tokens = new IdTokens("https://token.actions.githubusercontent.com");
  readonly subject = "repo:example/infrastructure:ref:refs/heads/main";
  protected readonly refused = failure(401, "401", "Bad credentials");

  static start(): Promise<GitHubOidc> {
    return new GitHubOidc().listen();
  }

  protected envOf(origin: string, jobToken: string): Record<string, string> {
    return {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${origin}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: jobToken,
    };
  }

  protected granted({ url = "/" }: IncomingMessage): Answer {
    const audience = new URL(url, "http://github").searchParams.get("audience") ?? "";
    this.asked.push(audience);
    const value = this.tokens.issue({ sub: this.subject, aud: audience }, Date.now());
    return ok({ count: value.length, value });
  }
}
