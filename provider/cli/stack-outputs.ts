import { DatabricksTokensError } from "../errors";
import { Secret } from "../secret";
import { foreignText } from "../workspace/foreign-text";
import { failureOf, pulumi } from "./pulumi";

/** How the Pulumi CLI shows a secret that it was not asked for. */
const MASKED = "[secret]";

/** The outputs of a stack, read by the Pulumi CLI, whose sign-in to the backend and passphrase are the caller's. */
export class StackOutputs {
  private constructor(
    private readonly stack: string,
    private readonly dir: string,
    /** By name; a secret shows as `[secret]`. */
    private readonly shown: Readonly<Record<string, unknown>>,
  ) {}

  static async of(stack: string, dir: string): Promise<StackOutputs> {
    const shown = await output(stack, dir, []);
    if (typeof shown === "object" && shown !== null)
      return new StackOutputs(stack, dir, shown as Record<string, unknown>);
    throw unreadable(stack, "the Pulumi CLI gave no map of outputs");
  }

  /** An output that is no secret; undefined: there is none, or it is one. */
  plain(name: string): string | undefined {
    const value = Object.hasOwn(this.shown, name) ? this.shown[name] : undefined;
    return typeof value === "string" && value !== MASKED && value !== "" ? value : undefined;
  }

  /** The output to take the token from: the one that is named, else the only secret, else one called `token`. */
  tokenName(named: string | undefined): string {
    const names = Object.keys(this.shown);
    const secrets = names.filter((name) => this.shown[name] === MASKED);
    if (named !== undefined) {
      if (names.includes(named)) return named;
      throw new DatabricksTokensError(
        "OUTPUT_NOT_FOUND",
        `Stack ${this.stack} has no output ${named}; there are ${foreignText(names.join(", ")) || "none"}`,
      );
    }
    if (secrets.length === 1) return secrets[0]!;
    if (secrets.includes("token")) return "token";
    if (secrets.length > 1) {
      throw new DatabricksTokensError(
        "OUTPUT_AMBIGUOUS",
        `Stack ${this.stack} has ${secrets.length} secret outputs (${foreignText(secrets.join(", "))}): say which one is the token, with --output NAME`,
      );
    }
    throw new DatabricksTokensError(
      "OUTPUT_NOT_FOUND",
      `Stack ${this.stack} has no secret output; add \`export const token = ...tokenValue\` to its program, and run pulumi up`,
    );
  }

  /** The value of that output alone is decrypted. */
  async token(name: string): Promise<Secret> {
    const value = await output(this.stack, this.dir, [name, "--show-secrets"]);
    const unusable = (what: string): DatabricksTokensError =>
      new DatabricksTokensError("OUTPUT_UNUSABLE", `The output ${foreignText(name)} of stack ${this.stack} ${what}`);
    if (typeof value !== "string") throw unusable("is not a text, so it can't be a token");
    if (value === "") throw unusable("is empty: there is no token yet");
    const secret = new Secret(value);
    // An authorizationHeader has the word Bearer before the token.
    if (!/^[!-~]+$/.test(value)) throw unusable("has blanks or characters that no token has; name a tokenValue");
    return secret;
  }
}

async function output(stack: string, dir: string, args: readonly string[]): Promise<unknown> {
  const all = ["stack", "output", ...args, "--json", "--stack", stack, "--cwd", dir, "--non-interactive"];
  const ran = await pulumi(all);
  if (ran.code !== 0) throw unreadable(stack, failureOf(ran));
  try {
    return JSON.parse(ran.stdout);
  } catch {
    // The parser's own error would quote a secret.
    throw unreadable(stack, "what the Pulumi CLI printed is no JSON");
  }
}

const unreadable = (stack: string, why: string): DatabricksTokensError =>
  new DatabricksTokensError(
    "STACK_UNREADABLE",
    `The outputs of stack ${stack} can't be read: ${why}. Try: pulumi stack output --stack ${stack}`,
  );
