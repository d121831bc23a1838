import { benchAudit } from "./bench/audit";
import { benchTokens } from "./bench/tokens";

/** The measurements: all, or those that are named. */
const MEASUREMENTS: Readonly<Record<string, () => Promise<void>>> = { tokens: benchTokens, audit: benchAudit };

async function main(asked: string[]): Promise<void> {
  const unknown = asked.filter((name) => !Object.hasOwn(MEASUREMENTS, name));
  const there = Object.keys(MEASUREMENTS);
  if (unknown.length > 0) throw new Error(`No measurement ${unknown.join(", ")}; there are ${there.join(", ")}`);
  for (const name of asked.length > 0 ? asked : there) await MEASUREMENTS[name]!();
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
