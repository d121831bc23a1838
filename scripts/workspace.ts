import { LocalWorkspace } from "../test/workspace";

/** The local workspace alone, until Ctrl-C. Its credentials are made at each start and are worth nothing elsewhere. */
async function main(): Promise<void> {
  const workspace = await LocalWorkspace.start({ port: Number(process.env.PORT ?? 0), maxRunSeconds: 8 * 3600 });
  console.log(`export DATABRICKS_HOST=${workspace.host}`);
  console.log(`export DATABRICKS_TOKEN=${workspace.admin.token}`);
  console.log(
    `# ${workspace.admin.userName}, an administrator. Ctrl-C stops the workspace; it stops by itself after 8 hours.`,
  );
  const stop = (): void => void workspace.stop().then(() => process.exit(0));
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  setInterval(() => undefined, 60_000);
}

void main();
