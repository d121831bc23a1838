import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { DatabricksTokensError } from "../../../provider/errors";
import { Secret } from "../../../provider/secret";
import type { CallRequest as Call } from "../../../provider/workspace/call";
import { bearer, WorkspaceClient } from "../../../provider/workspace/client";

const authorization = bearer(new Secret("some-value"), "a test");
const get: Call = { method: "GET", path: "/api/2.0/token/list", authorization };
const post: Call = { method: "POST", path: "/api/2.0/token/create", body: {}, authorization };

describe("REST client, on loopback", () => {
  let server: Server;
  let requests: IncomingMessage[];
  let answers: Array<(response: ServerResponse, request: IncomingMessage) => void>;
  let client: WorkspaceClient;
  const waits: number[] = [];

  const ok = (response: ServerResponse): void => void response.end('{"fine":true}');

  beforeEach(async () => {
    requests = [];
    answers = [];
    waits.length = 0;
    server = createServer((request, response) => {
      requests.push(request);
      request.resume().on("end", () => (answers.shift() ?? ok)(response, request));
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    // A clock that runs with the waits: nothing here takes real time.
    let clock = Date.now();
    client = new WorkspaceClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
      timeoutMs: 300,
      random: () => 0,
      now: () => clock,
      sleep: async (ms) => {
        waits.push(ms);
        clock += ms;
      },
    });
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });

  const failureOf = async (call: Call): Promise<DatabricksTokensError> => {
    const error = await client.call(call).then(
      () => assert.fail("must fail"),
      (reason) => reason,
    );
    assert.ok(error instanceof DatabricksTokensError, String(error));
    assert.ok(!error.message.includes("some-value"));
    return error;
  };

  it("sends Bearer and a User-Agent that names package, Pulumi, Node and sign-in", async () => {
    assert.deepEqual((await client.call(get)).body, { fine: true });
    assert.equal(requests[0]?.headers.authorization, "Bearer some-value");
    assert.match(
      requests[0]?.headers["user-agent"] ?? "",
      /^pulumi-databricks-tokens\/\d+\.\d+\.\d+ pulumi\/\d\S+ nodejs\/\d\S+ os\/\w+ auth\/pat$/,
    );
  });

  it("waits as a 429 says and asks again, a creation too", async () => {
    answers.push((response) => void response.writeHead(429, { "retry-after": "7" }).end());
    await client.call(post);
    assert.equal(requests.length, 2);
    assert.deepEqual(waits, [7000]);
  });

  it("a 429 holds every call to that workspace", async () => {
    answers.push((response) => void response.writeHead(429, { "retry-after": "9" }).end());
    const first = client.call(post);
    await new Promise((done) => setTimeout(done, 50));
    await Promise.all([first, client.call(get)]);
    assert.ok(waits.some((wait) => wait > 8000));
  });

  it("gives up on a 429 that outlasts the deadline, without waiting", async () => {
    answers.push((response) => void response.writeHead(429, { "retry-after": "3600" }).end());
    const error = await failureOf({ ...post, deadline: Date.now() + 60_000 });
    assert.equal(error.code, "THROTTLED");
    assert.equal(error.ambiguous, false);
    assert.deepEqual(waits, []);
  });

  it("asks once for what is not idempotent, and says that the outcome is open", async () => {
    answers.push((response) => void response.writeHead(503).end());
    const error = await failureOf(post);
    assert.deepEqual([error.code, error.ambiguous, requests.length], ["SERVER_ERROR", true, 1]);
  });

  it("repeats what is idempotent", async () => {
    answers.push(
      (response) => void response.writeHead(503).end(),
      (response) => void response.socket?.resetAndDestroy(),
    );
    await client.call(get);
    assert.equal(requests.length, 3);
  });

  it("sees a redirect and does not follow it", async () => {
    answers.push((response) => void response.writeHead(302, { location: "/login.html" }).end());
    assert.equal((await failureOf(get)).code, "WRONG_HOST");
    assert.equal(requests.length, 1);
  });

  const breaks: Array<[string, (response: ServerResponse) => void, string]> = [
    ["a reset", (response) => void response.socket?.resetAndDestroy(), "UNREACHABLE"],
    ["a close", (response) => void response.socket?.end(), "UNREACHABLE"],
    ["no answer in time", () => undefined, "TIMEOUT"],
    [
      "half an answer",
      (response) => {
        response.writeHead(200, { "content-length": "99" });
        response.write('{"a');
        setTimeout(() => response.destroy(), 10);
      },
      "UNREACHABLE",
    ],
    ["text in place of JSON", (response) => void response.end("hello"), "UNEXPECTED_ANSWER"],
  ];
  for (const [title, answer, code] of breaks) {
    it(`${title} of a creation is ${code}, ambiguous`, async () => {
      answers.push(answer);
      const error = await failureOf(post);
      assert.deepEqual([error.code, error.ambiguous], [code, true]);
    });
  }

  it("a page in place of a creation's success is ambiguous, a redirect to one is not", async () => {
    answers.push((response) => void response.end("<html><title>Sign in</title></html>"));
    assert.equal((await failureOf(post)).ambiguous, true);
    answers.push((response) => void response.writeHead(302, { location: "/login" }).end());
    assert.equal((await failureOf(post)).ambiguous, false);
  });

  it("a server that is not there took no effect", async () => {
    const nobody = new WorkspaceClient("http://127.0.0.1:1");
    const error = await nobody.call(post).catch((reason) => reason);
    assert.deepEqual([error.code, error.ambiguous], ["UNREACHABLE", false]);
  });

  it("has a fetched token that was refused fetched anew, once, a creation's too", async () => {
    let fetched = 0;
    const forgotten: string[] = [];
    const by: Call["authorization"] = {
      strategy: "oauth-m2m",
      source: "a test",
      headers: async () => ({ authorization: new Secret(`Bearer some-value-${++fetched}`) }),
      forget: ({ authorization: refused }) => void forgotten.push(refused?.reveal() ?? ""),
    };
    const refuse = (response: ServerResponse): void => void response.writeHead(401).end();
    const dead = (response: ServerResponse): void =>
      void response.writeHead(403).end('{"error_code":403,"message":"Invalid access token."}');
    for (const no of [refuse, dead]) {
      answers.push(no);
      assert.equal((await client.call({ ...post, authorization: by })).status, 200);
    }
    assert.deepEqual(forgotten, ["Bearer some-value-1", "Bearer some-value-3"]);
    answers.push(dead, dead);
    assert.equal((await failureOf({ ...get, authorization: by })).code, "CREDENTIAL_REFUSED");
    assert.deepEqual([requests.length, requests[1]?.headers.authorization], [6, "Bearer some-value-2"]);
    answers.push(refuse);
    await failureOf(get);
    assert.equal(requests.length, 7, "a token that nobody fetched is asked with once");
  });

  for (const [status, message] of [
    [400, "ExpiredJwtException: JWT expired at 2026-11-27T10:00:00Z"],
    [401, "Token expired."],
    [403, "JWT has expired"],
  ] as const) {
    it(`has a fetched token that a ${status} calls expired (${message.slice(0, 20)}) fetched anew, exactly once`, async () => {
      let fetched = 0;
      const by: Call["authorization"] = {
        strategy: "azure-client-secret",
        source: "a test",
        headers: async () => ({ authorization: new Secret(`Bearer some-value-${fetched}`) }),
        forget: () => {
          fetched += 1;
        },
      };
      const no = (response: ServerResponse): void =>
        void response.writeHead(status).end(JSON.stringify({ error_code: "X", message }));
      answers.push(no);
      assert.equal((await client.call({ ...post, authorization: by })).status, 200);
      assert.deepEqual([fetched, requests.length], [1, 2]);
      answers.push(no, no);
      const error = await failureOf({ ...post, authorization: by });
      assert.deepEqual([error.code, error.ambiguous, fetched, requests.length], ["CREDENTIAL_REFUSED", false, 2, 4]);
    });
  }

  it("names a clock that is off where a credential is refused", async () => {
    answers.push(
      (response) =>
        void response
          .writeHead(403, { date: new Date(Date.now() + 600_000).toUTCString() })
          .end('{"error_code":403,"message":"Invalid access token."}'),
    );
    assert.match((await failureOf(get)).message, /clock is (9\.9|10|10\.1) min behind/);
  });

  it("asks beforeSend right before each attempt: after the sign-in was fetched and after the throttle", async () => {
    const told: string[] = [];
    const slow = {
      ...authorization,
      headers: async () => {
        told.push("sign-in");
        return authorization.headers();
      },
      forget: () => void told.push("forget"),
    };
    answers.push((response) => void response.writeHead(429, { "retry-after": "5" }).end());
    answers.push((response) => void response.writeHead(401).end());
    const beforeSend = async (): Promise<void> => {
      told.push(`ask after ${waits.length} waits`);
    };
    await client.call({ ...post, authorization: slow, beforeSend });
    assert.deepEqual(told, [
      ...["sign-in", "ask after 0 waits"],
      ...["sign-in", "ask after 1 waits", "forget"],
      ...["sign-in", "ask after 1 waits"],
    ]);
  });

  describe("the server's time", () => {
    const dated = (offsetMs: number, status = 200, headers: Record<string, string> = {}) =>
      answers.push(
        (response) =>
          void response
            .writeHead(status, { date: new Date(Date.now() + offsetMs).toUTCString(), ...headers })
            .end(status === 200 ? "{}" : ""),
      );
    const call = (): Promise<unknown> => client.call({ ...get, retries: 0 }).catch(() => undefined);
    const offset = (): number => client.serverNow() - Date.now();
    const HOUR = 3_600_000;

    it("counts once a second answer agrees, at once where it is near this machine's", async () => {
      dated(HOUR);
      await call();
      assert.equal(client.clockOffsetMs, undefined);
      dated(HOUR);
      await call();
      assert.ok(Math.abs(offset() - HOUR) < 5_000);
      dated(30_000);
      await call();
      assert.ok(Math.abs(offset() - 30_000) < 5_000);
    });

    it("is not set by one that is off, by pages, failures or copies of a cache", async () => {
      dated(0);
      await call();
      const [away, days] = [40 * 24 * HOUR, 3];
      dated(away);
      for (let turn = 0; turn < days; turn++) dated(away + HOUR * turn * 2, 503);
      dated(away + 5 * HOUR, 200, { age: "30" });
      dated(away + 5 * HOUR, 200, { age: "30" });
      dated(away, 302, { location: "/login.html" });
      dated(-away);
      for (let turn = 0; turn < 8; turn++) await call();
      assert.ok(Math.abs(offset()) < 5_000);
    });
  });

  for (const [title, signIn, expected] of [
    ["a bare %", "user:50%", "user:50%"],
    ["a % that looks like an escape", "user:a%2", "user:a%2"],
    ["a backslash", "domain\\user:p\\w", "domain\\user:p\\w"],
    ["an @, a slash and a question mark", "user:p@a/b?c", "user:p@a/b?c"],
    ["what is encoded already", "us%65r:p%40", "user:p@"],
  ] as const) {
    it(`signs in to a proxy with ${title}`, async () => {
      let seen = "";
      const proxy = createServer().on("connect", (request: IncomingMessage, socket) => {
        seen = Buffer.from(String(request.headers["proxy-authorization"]).replace("Basic ", ""), "base64").toString();
        socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
      });
      await new Promise<void>((done) => proxy.listen(0, "127.0.0.1", done));
      try {
        const address = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
        const env = { HTTPS_PROXY: `http://${signIn}@${address}` };
        const far = new WorkspaceClient("https://far.invalid", { env, timeoutMs: 5_000 });
        await assert.rejects(far.call({ ...get, retries: 0 }), /UNREACHABLE/);
        await far.close();
        assert.equal(seen, expected);
      } finally {
        proxy.close();
      }
    });
  }

  for (const [title, setting] of [
    ["in quotes", '"http://u:hidden-word@h:1"'],
    ["escapes that are no UTF-8", "http://u:%E4hidden-word@h:1"],
    ["another scheme", "socks5://u:hidden-word@h:1"],
    ["no address", "http://u:hidden-word@"],
  ] as const) {
    it(`refuses HTTPS_PROXY with a code and without the password: ${title}`, () => {
      assert.throws(
        () => new WorkspaceClient("https://far.invalid", { env: { HTTPS_PROXY: setting } }),
        (error: Error) => /INVALID_CONFIG/.test(error.message) && !/hidden-word/.test(error.message),
      );
    });
  }

  it("goes through HTTPS_PROXY, but never for loopback or NO_PROXY", async () => {
    const seen: string[] = [];
    const proxy = createServer().on("connect", (request: IncomingMessage, socket) => {
      seen.push(request.url ?? "");
      socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    });
    await new Promise<void>((done) => proxy.listen(0, "127.0.0.1", done));
    try {
      const env = {
        HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
        NO_PROXY: "direct.invalid",
      };
      const calls = ["https://adb-1.invalid", "https://direct.invalid"].map((host) =>
        new WorkspaceClient(host, { env, timeoutMs: 2000 }).call({ ...get, retries: 0 }).catch(() => undefined),
      );
      await Promise.all(calls);
      await new WorkspaceClient(client.host, { env }).call(get);
      assert.deepEqual(seen, ["adb-1.invalid:443"]);
    } finally {
      proxy.close();
    }
  });
});
