import { request } from "undici";
import { ROOT, Stack } from "../test/engine/stack";
import { LocalWorkspace } from "../test/workspace";
import { Cleanup } from "./demo-cleanup";

/** The main job on the real Pulumi engine, against the local workspace: up, use the token, destroy, see it refused. */

const started = Date.now();
const cleanup = new Cleanup();
const bold = (text: string): string =>
  process.stdout.isTTY && !process.env.NO_COLOR ? `\u001b[1m${text}\u001b[0m` : text;
const indent = (text: string): string => text.trimEnd().replace(/^/gm, "  ");

function step(text: string): void {
  cleanup.throwIfInterrupted();
  console.log(`\n${bold(text)}  (${((Date.now() - started) / 1000).toFixed(0)} s)`);
}

async function clustersList(host: string, authorization: string): Promise<string> {
  const { statusCode, body } = await request(`${host}/api/2.0/clusters/list`, {
    headers: { authorization },
    headersTimeout: 10_000,
  });
  return `${statusCode} ${(await body.text()).slice(0, 120)}`;
}

function check(truth: boolean, what: string): void {
  if (!truth) throw new Error(`The demo did not show what it promises: ${what}`);
}

async function stackOf(workspace: LocalWorkspace, folder: string, env: Record<string, string> = {}): Promise<Stack> {
  const stack = await Stack.of(workspace, folder, [], env);
  cleanup.add("the stack's folder", () => stack.remove());
  cleanup.onSigterm(() => stack.interrupt());
  return stack;
}

async function main(): Promise<void> {
  step("Starting a local workspace: an HTTP server on loopback that stands in for Databricks");
  const workspace = await LocalWorkspace.start({ maxRunSeconds: 900 });
  // Its tokens exist nowhere else: with the workspace they end too, whatever step was the last.
  cleanup.add("the local workspace", () => workspace.stop());
  const producer = await stackOf(workspace, ROOT);
  console.log(`  ${workspace.host}`);

  step("pulumi up   (examples/quickstart/index.ts)");
  console.log(indent(await producer.up()));
  const { ciToken } = await producer.outputs();
  const header = `Bearer ${ciToken}`;

  step("GET /api/2.0/clusters/list with the token");
  const before = await clustersList(workspace.host, header);
  console.log(`  ${before}`);
  check(before.startsWith("200"), "a new token works");

  step("The workspace's token list: the marker ties the token to this stack");
  for (const token of workspace.tokens()) console.log(`  ${token.tokenId.slice(0, 8)}…  ${token.comment}`);

  step("Another stack reads the token by StackReference: a secret there too   (examples/consumer)");
  const consumer = await stackOf(workspace, `${ROOT}/examples/consumer`, {
    PULUMI_BACKEND_URL: producer.env.PULUMI_BACKEND_URL ?? "",
    PULUMI_CONFIG_PASSPHRASE: producer.env.PULUMI_CONFIG_PASSPHRASE ?? "",
  });
  await consumer.must("config", "set", "producer", "organization/databricks-tokens/dev");
  console.log(indent(await consumer.up()));
  check((await consumer.outputs()).token === ciToken, "the other stack has the same token");

  step("pulumi destroy");
  console.log(indent(await producer.destroy()));

  step("The same call again: the token is dead");
  const after = await clustersList(workspace.host, header);
  console.log(`  ${after}`);
  check(after.startsWith("403"), "a destroyed token is refused");
  check(workspace.tokens().length === 0, "no token is left");
  const leaks = [producer, consumer].flatMap((stack) => stack.leaks());
  check(leaks.length === 0, `no token in clear in ${leaks.join(", ")}`);

  step("Done: minted, used, revoked, and nothing left in clear in state, backups or output");
}

void cleanup.around(main).then((code) => {
  process.exitCode = code;
});
