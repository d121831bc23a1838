import { hasCode } from "../errors";
import "../node-version";
import { join } from "node:path";
import { printed } from "../http/printed";
import { redact } from "../secret";
import { versionIn } from "../workspace/user-agent";
import { audit } from "./audit/audit";
import { AUDIT_HELP } from "./audit/options";
import { DOCTOR_HELP, doctor } from "./doctor";
import { WRITE_HELP, write } from "./write";

const HELP = `Usage: databricks-tokens COMMAND [OPTIONS]

Commands:
  write netrc|keyring|profile   writes a token from a stack's outputs where programs of this machine read it
  doctor                        which workspace and sign-in hold here, and whether tokens can be minted there
  audit                         whose each token of a stack's workspaces is, what is due, and what a killed run left

databricks-tokens COMMAND --help tells more; databricks-tokens --version which version this is. Exit codes: 0 done, 1 failed, 2 wrong arguments; doctor and audit have their own.
`;

interface Command {
  /** What it prints, and its exit code. */
  run(args: string[]): Promise<{ text: string; code: number }>;
  readonly help: string;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  write: { run: async (args) => ({ text: await write(args), code: 0 }), help: WRITE_HELP },
  doctor: { run: doctor, help: DOCTOR_HELP },
  audit: { run: audit, help: AUDIT_HELP },
};

/** Runs the command that the arguments name; gives the exit code. */
export async function run([name = "", ...args]: string[]): Promise<number> {
  if (["--version", "-V", "version"].includes(name)) {
    process.stdout.write(`${versionIn(join(__dirname, "..", "..", "package.json")) ?? "unknown"}\n`);
    return 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    const asked = ["--help", "-h", "help"].includes(name);
    (asked ? process.stdout : process.stderr).write(
      asked || name === "" ? HELP : printed(`No command ${name}\n\n${HELP}`, false),
    );
    return asked ? 0 : 2;
  }
  if (args.includes("--help") || args.includes("-h")) {
    process.stdout.write(command.help);
    return 0;
  }
  try {
    const { text, code } = await command.run(args);
    if (text !== "")
      process.stdout.write(`${text.startsWith("{") ? redact(text) : printed(text, process.stdout.isTTY === true)}\n`);
    return code;
  } catch (error) {
    process.stderr.write(printed(`error: ${(error as Error).message}\n`, false));
    return hasCode(error, "INVALID_INPUT") ? 2 : 1;
  }
}
