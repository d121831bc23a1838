import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { record } from "./recording";
import { SCENARIOS } from "./scenarios";

/**
 * Records the states of this working tree:
 * `node_modules/.bin/node --require ts-node/register/transpile-only test/states/record.ts v2`.
 * Then `npm run format`. A folder that exists stays as it is: what an older package wrote is never written anew.
 */
async function main([version = ""]: readonly string[]): Promise<void> {
  if (!/^v\d+$/.test(version)) throw new Error("Say the folder to record into, as in v2");
  const folder = join(__dirname, version);
  const texts = new Map<string, string>();
  for (const [name, steps] of Object.entries(SCENARIOS)) texts.set(name, await record(steps));
  mkdirSync(folder);
  for (const [name, text] of texts) writeFileSync(join(folder, `${name}.json`), text);
  console.log(`${texts.size} states in test/states/${version}`);
}

void main(process.argv.slice(2));
