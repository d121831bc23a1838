/**
 * Loaded into a measured `databricks-tokens`: at its end it writes into the file CLI_PROBE what it took itself, and when
 * its children, which are the Pulumi CLI's, ran.
 */
const childProcess = require("node:child_process");
const { readFileSync, writeFileSync } = require("node:fs");

/** The most memory, in MB, that a process has held. Not `maxRSS`: that counts the parent's, until the child's exec. */
function peakMb(pid) {
  try {
    return Number(/VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? Number.NaN) / 1024;
  } catch {
    return Number.NaN;
  }
}

const children = [];
const { spawn } = childProcess;
childProcess.spawn = (command, args, options) => {
  const run = { command: args.filter((arg) => /^[a-z]/.test(arg)).join(" "), from: performance.now(), mb: 0 };
  const child = spawn(command, args, options);
  children.push(run);
  // It can't be asked once it has ended.
  const looking = setInterval(() => {
    const mb = peakMb(child.pid);
    if (mb > run.mb) run.mb = mb;
  }, 50);
  looking.unref();
  child.once("close", () => {
    clearInterval(looking);
    run.until = performance.now();
  });
  return child;
};

process.once("exit", () => {
  const { user, system } = process.cpuUsage();
  const mb = process.platform === "linux" ? peakMb("self") : process.resourceUsage().maxRSS / 1024;
  writeFileSync(process.env.CLI_PROBE, JSON.stringify({ mb, cpu: (user + system) / 1e6, children }));
});
