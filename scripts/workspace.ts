import { LocalWorkspace } from "../test/workspace";

/** The local workspace alone, until Ctrl-C. Its credentials are made at each start and are worth nothing elsewhere. */
async function main(): Promise<void> {
  const hours = 8;
  const workspace = await LocalWorkspace.start({ port: Number(process.env.PORT ?? 0), maxRunSeconds: hours * 3600 });
  // A terminal's Ctrl-C comes twice: from the terminal, and handed on by npm and scripts/run.mjs. A process that leaves
  // on its own gives its signal handlers back first, and the second one could kill it.
  const stop = (): void => void workspace.stop().then(() => process.exit(0));
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, stop);
  console.log(
    [
      `export  DATABRICKS_HOST=${workspace.host}`,
      `export DATABRICKS_TOKEN=${workspace.admin.token}`,
      `# ${workspace.admin.userName}, an administrator; Ctrl-C stops it, or ${hours} hours`,
    ].join("\n"),
  );
}

void main();
