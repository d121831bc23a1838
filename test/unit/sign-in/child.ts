import { text } from "node:stream/consumers";
import { surroundings, useConfig } from "../../../provider/session/surroundings";
import { credentialsFor } from "../../../provider/sign-in";
import { currentUser, WorkspaceClient } from "../../../provider/workspace";

/**
 * Signs in as this process's environment, and the case on standard input, say; prints what came of it. A process of its
 * own: NODE_EXTRA_CA_CERTS is read at its start, and `@azure/identity` reads the environment itself.
 */
async function main(): Promise<object> {
  const { host, workspace = {}, config = {}, times = 1, deadlineMs = 20_000 } = JSON.parse(await text(process.stdin));
  useConfig({ get: (key) => config[key] });
  const { credentials, problem } = credentialsFor(host, workspace, surroundings());
  if (problem) throw problem;
  const [credential] = credentials;
  const caller = {
    client: new WorkspaceClient(host, { env: {} }),
    authorization: credential!,
    deadline: Date.now() + deadlineMs,
  };
  let userName = "";
  for (let i = 0; i < times; i++) ({ userName } = await currentUser(caller, 0));
  return { userName, strategy: credential?.strategy, source: credential?.source };
}

// mocha loads every file of a folder.
if (require.main === module) {
  main()
    .catch((error) => ({ code: error.code, message: error.message, stack: error.code ? undefined : error.stack }))
    .then((outcome) => process.stdout.write(JSON.stringify(outcome), () => process.exit()));
}
