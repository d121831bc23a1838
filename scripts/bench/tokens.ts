import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT, Stack } from "../../test/engine/stack";
import { LocalWorkspace } from "../../test/workspace";

/**
 * Tokens on the local workspace against two floors: a dynamic provider that does nothing, and one that does nothing
 * with resources of the same shape (as many inputs, outputs and secrets), which is what the engine and the SDK cost
 * before any line of ours. All in one run; ratios are what counts, the machine's seconds are not.
 */

const TOKENS = Number(process.env.BENCH_TOKENS ?? 200);

const OURS = `
const { DatabricksToken } = require("pulumi-databricks-tokens");
for (let i = 0; i < ${TOKENS}; i++) new DatabricksToken("t" + i, { comment: "bench", scopes: ["clusters"] });
`;

const NOTHING = `
const pulumi = require("@pulumi/pulumi");
const provider = {
  check: async (olds, news) => ({ inputs: news }),
  diff: async () => ({ changes: false }),
  create: async (inputs) => ({ id: inputs.name, outs: inputs }),
  read: async (id, props) => ({ id, props }),
  update: async (id, olds, news) => ({ outs: news }),
  delete: async () => {},
};
class Nothing extends pulumi.dynamic.Resource {
  constructor(name) { super(provider, name, { name, comment: "bench" }, undefined, "bench", "Nothing"); }
}
for (let i = 0; i < ${TOKENS}; i++) new Nothing("t" + i);
`;

/** Inputs and outputs of a token, with values of the same size. */
const SAME_SHAPE = `
const pulumi = require("@pulumi/pulumi");
const provider = {
  check: async (olds, news) => ({ inputs: { ...news, nonce: "n".repeat(24), host: "http://127.0.0.1:1", hostSource: "environment" } }),
  diff: async () => ({ changes: false }),
  create: async (inputs) => {
    const secret = (value) => ({ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value });
    return { id: inputs.origin.name, outs: { ...inputs, schemaVersion: 1, owner: "admin@example.com", unfinished: [],
      candidates: secret([]), retiring: secret([]), previousTokenId: "", previousTokenValue: secret(""),
      tokenId: "i".repeat(64), tokenValue: secret("v".repeat(36)), authorizationHeader: secret("b".repeat(43)),
      creationTime: 1, expiryTime: 2, expiresAt: "2027-01-01T00:00:00.000Z", rotatesAt: "2027-01-01T00:00:00.000Z" } };
  },
  read: async (id, props) => ({ id, props }),
  update: async (id, olds, news) => ({ outs: news }),
  delete: async () => {},
};
const SECRETS = ["tokenValue", "previousTokenValue", "authorizationHeader", "candidates", "retiring"];
const OPTIONAL = ["lifetimeSeconds", "autoscopeEnabled", "allowTokenMinting", "rotateEverySeconds", "overlapSeconds",
  "triggers", "workspace", "tokenValue", "tokenId", "creationTime", "expiryTime", "expiresAt", "rotatesAt",
  "previousTokenValue", "previousTokenId", "host", "owner", "authorizationHeader"];
class Shaped extends pulumi.dynamic.Resource {
  constructor(name) {
    const props = { comment: "bench", scopes: ["clusters"], origin: { organization: "o", project: "p", stack: "s", name } };
    for (const key of OPTIONAL) props[key] = undefined;
    super(provider, name, props, { additionalSecretOutputs: SECRETS }, "bench", "Shaped");
  }
}
for (let i = 0; i < ${TOKENS}; i++) new Shaped("t" + i);
`;

const PHASES = ["up", "no-op up", "refresh", "destroy"] as const;
type Phase = (typeof PHASES)[number];

interface Measured {
  seconds: Record<Phase, number>;
  calls: Record<Phase, string>;
  stateBytes: number;
  /** Of the provider's process, the largest of all phases. */
  peakMb: number;
}

async function measure(title: string, source: string, latencyMs = 0): Promise<Measured> {
  const memory = mkdtempSync(join(tmpdir(), "pdt-bench-"));
  const workspace = await LocalWorkspace.start({ latencyMs });
  const NODE_OPTIONS = `--require ${join(ROOT, "scripts", "bench", "provider-memory.cjs")}`;
  const stack = await Stack.ofSource(workspace, source, { BENCH_MEMORY: memory, NODE_OPTIONS });
  const seconds = {} as Record<Phase, number>;
  const calls = {} as Record<Phase, string>;
  let stateBytes = 0;
  try {
    for (const phase of PHASES) {
      workspace.calls.length = 0;
      process.stderr.write(`${title}: ${phase} …\n`);
      const start = performance.now();
      if (phase === "refresh") await stack.refresh();
      else if (phase === "destroy") await stack.destroy();
      else await stack.up();
      seconds[phase] = (performance.now() - start) / 1000;
      calls[phase] = countByPath(workspace);
      if (phase === "up") stateBytes = JSON.stringify(await stack.resources()).length / TOKENS;
    }
    const peaks = readdirSync(memory).map((name) => Number(readFileSync(join(memory, name), "utf8")));
    return { seconds, calls, stateBytes, peakMb: Math.max(...peaks) };
  } finally {
    stack.remove();
    rmSync(memory, { recursive: true, force: true });
    await workspace.stop();
  }
}

function countByPath(workspace: LocalWorkspace): string {
  const counts = new Map<string, number>();
  for (const call of workspace.calls) {
    const key = `${call.method} ${call.path.replace("/api/2.0/", "").replace("preview/scim/v2/", "")}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([key, count]) => `${key} ×${count}`).join(", ") || "none";
}

/** Milliseconds of a process that only imports the package, and whether it loaded any `@azure/*`. */
function importCost(): { ms: number; azure: number } {
  const source = `
    require("@pulumi/pulumi");
    const start = performance.now();
    require("pulumi-databricks-tokens"); require("pulumi-databricks-tokens/lifecycle");
    const azure = Object.keys(require.cache).filter((path) => path.includes("@azure")).length;
    console.log(JSON.stringify({ ms: performance.now() - start, azure }));`;
  const { stdout, stderr } = spawnSync(process.execPath, ["-e", source], { cwd: ROOT, encoding: "utf8" });
  if (!stdout) throw new Error(stderr);
  return JSON.parse(stdout);
}

const fixed = (value: number, digits = 1): string => value.toFixed(digits).padStart(9);

export async function benchTokens(): Promise<void> {
  const floor = await measure("floor", NOTHING);
  const shaped = await measure("floor of the same shape", SAME_SHAPE);
  const ours = await measure("tokens", OURS);
  const slow = await measure("tokens, 100 ms of latency", OURS, 100);
  console.log(`\n${TOKENS} tokens; seconds, and ratios to a dynamic provider that does nothing`);
  console.log("(same shape: with resources of as many inputs, outputs and secrets)\n");
  console.log("             floor    shape   tokens  ratio to floor  ratio to shape  with 100 ms latency");
  for (const phase of PHASES) {
    const [a, b, c, d] = [floor, shaped, ours, slow].map((one) => one.seconds[phase]) as [
      number,
      number,
      number,
      number,
    ];
    const ratios = `${fixed(c / a, 2).padStart(16)}${fixed(c / b, 2).padStart(16)}`;
    console.log(`${phase.padEnd(9)}${fixed(a)}${fixed(b)}${fixed(c)}${ratios}${fixed(d).padStart(21)}`);
  }
  console.log("\ncalls");
  for (const phase of PHASES) console.log(`${phase.padEnd(9)} ${ours.calls[phase]}`);
  console.log(`${"refresh".padEnd(9)} ${slow.calls.refresh}   (with 100 ms latency)`);
  const bytes = [ours, floor, shaped].map(({ stateBytes }) => stateBytes.toFixed(0));
  console.log(`\nstate     ${bytes[0]} bytes a token (floor ${bytes[1]}, same shape ${bytes[2]})`);
  const [peak, floorPeak, shapePeak] = [ours, floor, shaped].map(({ peakMb }) => peakMb.toFixed(0));
  console.log(`memory    ${peak} MB at the provider's peak (floor ${floorPeak}, same shape ${shapePeak})`);
  const cost = importCost();
  console.log(`import    ${cost.ms.toFixed(0)} ms on top of @pulumi/pulumi, ${cost.azure} @azure modules`);
}
