import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { Session } from "node:inspector";
import type { AddressInfo } from "node:net";
import { join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * How far it is to read: the files of dist/ whose functions run from a token's inputs, with `workspace` among them, to
 * its first HTTP call (check, then create), and how long the files of provider/ are. Build first: `npm run build`.
 * `npx --no node -- --require ts-node/register/transpile-only scripts/measure-walk.ts`
 */

const ROOT = resolve(__dirname, "..");
const DIST = join(ROOT, "dist");
const PROVIDER = join(ROOT, "provider");
const LONGEST = 200;
const SHORTEST = 25;

type Properties = Record<string, unknown>;
interface Lifecycle {
  configure(request: { config: { get(key: string): string | undefined } }): void;
  check(olds: Properties, news: Properties): Promise<{ inputs: Properties }>;
  create(inputs: Properties): Promise<unknown>;
}

interface Coverage {
  readonly result: ReadonlyArray<{
    readonly url: string;
    readonly functions: ReadonlyArray<{
      readonly functionName: string;
      readonly ranges: ReadonlyArray<{ readonly startOffset: number; readonly count: number }>;
    }>;
  }>;
}

/** Calls of each function of a file, by file. */
type Walk = Map<string, Map<string, number>>;

async function walk(): Promise<Walk> {
  const { lifecycles } = require(join(DIST, "lifecycle.js")) as { lifecycles: { Token: Lifecycle } };
  const session = new Session();
  session.connect();
  const ask = (method: string, params = {}): Coverage => {
    let answer: unknown;
    // Within one thread the answer is there at once.
    session.post(method, params, (error, result) => {
      if (error) throw error;
      answer = result;
    });
    return answer as Coverage;
  };
  let taken: Walk | undefined;
  const server = createServer((_, response) => {
    taken ??= filesIn(ask("Profiler.takePreciseCoverage"));
    response.writeHead(400, { "content-type": "application/json" });
    response.end('{"error_code":"INVALID_PARAMETER_VALUE","message":"enough"}');
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const values = new Map([["databricks:token", "a-token-of-nobody"]]);
  ask("Profiler.enable");
  ask("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
  try {
    const { Token } = lifecycles;
    Token.configure({ config: { get: (key) => values.get(key) } });
    const origin = { organization: "o", project: "p", stack: "s", name: "n" };
    const { inputs } = await Token.check({}, { workspace: { host }, origin, __provider: "" });
    await Token.create(inputs).catch(() => undefined);
  } finally {
    server.close();
    session.disconnect();
  }
  if (!taken) throw new Error("No call reached the workspace");
  return taken;
}

function filesIn({ result }: Coverage): Walk {
  const prefix = pathToFileURL(`${DIST}/`).href;
  const found: Walk = new Map();
  for (const { url, functions } of result.filter((script) => script.url.startsWith(prefix))) {
    const calls = new Map<string, number>();
    for (const { functionName, ranges } of functions) {
      const [range] = ranges;
      // The first one is the file itself, as it is loaded.
      if (range && range.count > 0 && range.startOffset > 0) {
        calls.set(functionName, (calls.get(functionName) ?? 0) + range.count);
      }
    }
    if (calls.size > 0) found.set(url.slice(prefix.length).replace(/\.js$/, ".ts"), calls);
  }
  return found;
}

function lengths(): Array<readonly [file: string, lines: number]> {
  const names = readdirSync(PROVIDER, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  return names.map((name) => [name, readFileSync(join(PROVIDER, name), "utf8").split("\n").length - 1] as const);
}

const list = (files: ReadonlyArray<readonly [string, number]>): string =>
  files.map(([file, lines]) => `  ${String(lines).padStart(4)}  ${file}`).join("\n");

async function main(): Promise<void> {
  const found = await walk();
  const all = [...found].map(([file, calls]) => [file, [...calls.values()].reduce((a, b) => a + b, 0)] as const);
  // What a token is, and how it is made, would be read anyway.
  const apart = all.filter(([file]) => !file.startsWith("token/"));
  console.log(
    `From a token's inputs to its first HTTP call: ${all.length} files, ${apart.length} without token/; calls:`,
  );
  console.log(list(apart.toSorted(([a], [b]) => (a < b ? -1 : 1))));
  for (const [file, calls] of found) {
    if (!file.endsWith("/sources.ts")) continue;
    console.log(`Into ${file}: ${[...calls].map(([name, count]) => `${name || "(inner)"} ${count}`).join(", ")}`);
  }
  const files = lengths().sort(([, a], [, b]) => b - a);
  const lines = files.reduce((sum, [, length]) => sum + length, 0);
  console.log(`${relative(ROOT, PROVIDER)}/: ${files.length} files, ${lines} lines`);
  console.log(`Over ${LONGEST} lines:\n${list(files.filter(([, length]) => length > LONGEST)) || "  none"}`);
  console.log(`Under ${SHORTEST} lines:\n${list(files.filter(([, length]) => length < SHORTEST))}`);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
