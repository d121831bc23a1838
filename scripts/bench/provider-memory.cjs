/** Loaded into the processes of a benchmark: a provider keeps its peak memory, in MB, in a file of BENCH_MEMORY. */
const { writeFileSync } = require("node:fs");
const { join } = require("node:path");

const folder = process.env.BENCH_MEMORY;
if (folder && /dynamic-provider/.test(process.argv[1] ?? "")) {
  // The engine ends a provider by a signal: there is no moment to write it at the end.
  const note = () => writeFileSync(join(folder, String(process.pid)), String(process.resourceUsage().maxRSS / 1024));
  setInterval(note, 100).unref();
}
