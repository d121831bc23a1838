import "../node-version";
import { DatabricksTokensError } from "../errors";
import { redact } from "../secret";
import { WRITE_HELP, write } from "./write";

const HELP = `Usage: databricks-tokens COMMAND [OPTIONS]

Commands:
  write netrc|keyring|profile   writes a token from a stack's outputs where programs of this machine read it

databricks-tokens COMMAND --help tells more. Exit codes: 0 done, 1 failed, 2 wrong arguments.
`;

const COMMANDS: Readonly<Record<string, { run(args: string[]): Promise<string>; help: string }>> = {
  write: { run: write, help: WRITE_HELP },
};

/** Runs the command that the arguments name; gives the exit code. */
export async function run([name = "", ...args]: string[]): Promise<number> {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    const asked = ["--help", "-h", "help"].includes(name);
    (asked ? process.stdout : process.stderr).write(asked || name === "" ? HELP : `No command ${name}\n\n${HELP}`);
    return asked ? 0 : 2;
  }
  if (args.includes("--help") || args.includes("-h")) {
    process.stdout.write(command.help);
    return 0;
  }
  try {
    process.stdout.write(`${redact(await command.run(args))}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`error: ${redact((error as Error).message)}\n`);
    return error instanceof DatabricksTokensError && error.code === "INVALID_INPUT" ? 2 : 1;
  }
}
