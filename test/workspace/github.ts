import { randomBytes } from "node:crypto";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { failure, ok } from "./answer";
import { listen, send } from "./connection";
import { IdTokens } from "./id-tokens";

/** GitHub's endpoint for the identity tokens of a job, on loopback. */
export class GitHubOidc {
  readonly tokens = new IdTokens("https://token.actions.githubusercontent.com");
  readonly subject = "repo:example/infrastructure:ref:refs/heads/main";
  /** What a job with `permissions: id-token: write` finds in its environment. */
  readonly env: Record<string, string>;
  /** The audiences that were asked for. */
  readonly asked: string[] = [];

  private constructor(
    private readonly server: Server,
    env: Record<string, string>,
  ) {
    this.env = env;
  }

  static async start(): Promise<GitHubOidc> {
    const requestToken = randomBytes(16).toString("hex");
    const server = await listen(0, (request, response) => {
      const audience = new URL(request.url ?? "/", "http://github").searchParams.get("audience") ?? "";
      const allowed = request.headers.authorization === `Bearer ${requestToken}`;
      github.asked.push(audience);
      const value = github.tokens.issue({ sub: github.subject, aud: audience }, Date.now());
      send(response, allowed ? ok({ count: value.length, value }) : failure(401, "401", "Bad credentials"), Date.now());
    });
    const github = new GitHubOidc(server, {
      ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken,
    });
    return github;
  }

  async stop(): Promise<void> {
    const closed = new Promise((done) => this.server.close(done));
    this.server.closeAllConnections();
    await closed;
  }
}
