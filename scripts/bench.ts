import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ROOT, Stack } from "../test/engine/stack";
import { LocalWorkspace } from "../test/workspace";

/**
 * 200 tokens on the local workspace against the floor: a dynamic provider that does nothing. Both in one run, in turn;
 * ratios are what counts, the machine's seconds are not.
 */

const TOKENS = Number(process.env.BENCH_TOKENS ?? 200);

const OURS = `
const { DatabricksToken } = require("pulumi-databricks-tokens");
for (let i = 0; i < ${TOKENS}; i++) new DatabricksToken("t" + i, { comment: "bench", scopes: ["clusters"] });
`;

const FLOOR = `
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

const PHASES = ["up", "no-op up", "refresh", "destroy"] as const;
type Phase = (typeof PHASES)[number];

interface Measured {
  seconds: Record<Phase, number>;
  calls: Record<Phase, string>;
  stateBytes: number;
}

async function measure(title: string, source: string, latencyMs = 0): Promise<Measured> {
  const workspace = await LocalWorkspace.start({ latencyMs });
  const stack = await Stack.ofSource(workspace, source);
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
  } finally {
    stack.remove();
    await workspace.stop();
  }
  return { seconds, calls, stateBytes };
}

function countByPath(workspace: LocalWorkspace): string {
  const counts = new Map<string, number>();
  for (const call of workspace.calls) {
    const key = `${call.method} ${call.path.replace("/api/2.0/", "").replace("preview/scim/v2/", "")}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([key, count]) => `${key} ×${count}`).join(", ") || "none";
}

/** Seconds and peak memory of a process that only imports the package, and whether it loaded any `@azure/*`. */
function importCost(): { ms: number; rssMb: number; azure: number } {
  const source = `
    const start = performance.now();
    require("@pulumi/pulumi");
    const between = performance.now();
    require("pulumi-databricks-tokens"); require("pulumi-databricks-tokens/lifecycle");
    const azure = Object.keys(require.cache).filter((path) => path.includes("@azure")).length;
    console.log(JSON.stringify({ ms: performance.now() - between, rssMb: process.resourceUsage().maxRSS / 1024, azure }));`;
  const { stdout, stderr } = spawnSync(process.execPath, ["-e", source], { cwd: ROOT, encoding: "utf8" });
  if (!stdout) throw new Error(stderr);
  return JSON.parse(stdout);
}

function fixed(value: number, digits = 1): string {
  return value.toFixed(digits).padStart(7);
}

async function main(): Promise<void> {
  if (!existsSync(join(ROOT, "dist", "index.js"))) throw new Error("run `npm run build` first");
  const floor = await measure("floor", FLOOR);
  const ours = await measure("tokens", OURS);
  const slow = await measure("tokens, 100 ms of latency", OURS, 100);
  console.log(`\n${TOKENS} tokens; seconds, and the ratio to a dynamic provider that does nothing\n`);
  console.log("              floor  tokens   ratio  with 100 ms latency");
  for (const phase of PHASES) {
    const [a, b, c] = [floor.seconds[phase], ours.seconds[phase], slow.seconds[phase]];
    console.log(`${phase.padEnd(11)}${fixed(a)} ${fixed(b)} ${fixed(b / a, 2)} ${fixed(c)}`);
  }
  console.log("\ncalls");
  for (const phase of PHASES) console.log(`${phase.padEnd(11)} ${ours.calls[phase]}`);
  console.log(`${"refresh".padEnd(11)} ${slow.calls.refresh}   (with 100 ms latency)`);
  const cost = importCost();
  console.log(`\nstate       ${ours.stateBytes.toFixed(0)} bytes a token (floor: ${floor.stateBytes.toFixed(0)})`);
  console.log(
    `import      ${cost.ms.toFixed(0)} ms on top of @pulumi/pulumi, ${cost.rssMb.toFixed(0)} MB peak, ${cost.azure} @azure modules`,
  );
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
