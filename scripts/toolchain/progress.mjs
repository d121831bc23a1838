import { spawn } from "node:child_process";

const seconds = (ms) =>
  ms < 60_000 ? `${(ms / 1000).toFixed(0)} s` : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;

/** Says on stderr what runs, every 15 seconds that it still does, and how long it took. */
export async function withProgress(title, work) {
  const started = Date.now();
  const say = (text) => process.stderr.write(`${text}\n`);
  say(`${title} …`);
  const timer = setInterval(() => say(`${title} … ${seconds(Date.now() - started)}`), 15_000);
  try {
    const result = await work();
    say(`${title}: done in ${seconds(Date.now() - started)}`);
    return result;
  } finally {
    clearInterval(timer);
  }
}

/** Runs a command quietly; a failure throws with the end of what it printed. */
export function run(command, args, { cwd, env = process.env, timeoutMs } = {}) {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], timeout: timeoutMs });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (text += chunk));
    child.once("error", failed);
    child.once("close", (code) => {
      if (code === 0) done(text);
      else
        failed(
          new Error(
            `${command} ${args.join(" ")} exited ${code}:\n${text.trimEnd().split("\n").slice(-15).join("\n")}`,
          ),
        );
    });
  });
}
