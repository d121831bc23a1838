import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { failureOf, pulumi, type Ran } from "../pulumi";

/**
 * Whether a run holds a stack's lock in a bucket, by a command of the Pulumi CLI that takes the lock and then fails. No
 * command only looks at locks (`stack ls` knows them for Pulumi Cloud alone), and reading them ourselves would take the
 * SDK and the sign-in of every cloud.
 *
 * It is `pulumi refresh` of one resource that does not exist. It takes the lock, starts its preview, and finds that the
 * state has no such resource: before it loads a plugin, and long before it would save anything. Were it to go on, it
 * would refresh nothing. `pulumi stack rename` to the stack's own name also fails under the lock ("already exists"), but one
 * failed listing of a compressed state, tried on CLI 3.259, lets it succeed: the stack is gone then.
 *
 * The lock is held for a moment: a run that starts then is refused. A probe that is killed leaves a lock to `pulumi cancel`.
 */
export async function probe(backend: string, stack: string, project: string): Promise<Answer> {
  const target = `urn:pulumi:audit::${project}::databricks-tokens:audit:Lock::${randomBytes(8).toString("hex")}`;
  let folder: string | undefined;
  try {
    // A project of our own: the settings, options and config file of yours are neither read nor written.
    folder = mkdtempSync(join(tmpdir(), "databricks-tokens-"));
    writeFileSync(join(folder, "Pulumi.yaml"), JSON.stringify({ name: project, runtime: "nodejs" }));
  } catch (error) {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    return { why: `the temporary folder can't be written (${(error as NodeJS.ErrnoException).code})` };
  }
  try {
    const args = ["refresh", "--yes", "--non-interactive", "--stack", stack, "--target", target];
    return answerOf(await pulumi(args, { cwd: folder, env: surroundingsOf(backend) }), target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export type Answer = "free" | "held" | { readonly why: string };

/**
 * Pure. Free is only what can't be said without the lock: the banner of the preview, which the backend prints under it,
 * and our own target that is missing. Whatever a later CLI says instead decides nothing.
 */
export function answerOf(ran: Ran, target: string): Answer {
  const { code, stdout, stderr } = ran;
  const failed = code !== null && code !== 0;
  if (failed && stderr.includes("the stack is currently locked by")) return "held";
  const underLock = /^Previewing refresh \(/m.test(stdout) && stderr.includes(`no resource named '${target}' found`);
  // The probe's own lock that can't be removed would be held against every run.
  if (failed && underLock && !stderr.includes("deleting the lock")) return "free";
  return { why: failureOf(ran) };
}

/** The caller's sign-in and passphrase, seen from another folder. */
function surroundingsOf(backend: string): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, PULUMI_BACKEND_URL: backend };
  // Any flag can be set so, such as one by which a refresh takes no lock or prints no banner.
  for (const name of Object.keys(env)) if (name.startsWith("PULUMI_OPTION_")) delete env[name];
  const file = env["PULUMI_CONFIG_PASSPHRASE_FILE"];
  if (file) env["PULUMI_CONFIG_PASSPHRASE_FILE"] = resolve(file);
  // A stack whose secrets are in a key vault has none; the empty config of our project asks for one.
  else env["PULUMI_CONFIG_PASSPHRASE"] ??= "";
  return env;
}
