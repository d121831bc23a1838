import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { RevocationRequest } from "../../audit/plan";
import { KINDS, type Kind } from "../../audit/rows";
import { DatabricksTokensError } from "../../errors";
import { parseHost } from "../../workspace/host";
import { STANDARD_INPUT } from "./stack-export";

export const AUDIT_HELP = `Usage: databricks-tokens audit [OPTIONS]

Whose is each token of the workspaces that a stack names, and what is due. The Pulumi CLI reads the stack, so its sign-in
and passphrase must be at hand; workspaces are signed in to as the provider does. An administrator sees everybody's
tokens, others their own. No secret is printed.

  --stack NAME        the stack, such as dev or organization/project/dev  (default: the one that is selected)
  --dir DIR           the folder of its project                           (default: the current folder)
  --state FILE        a state that \`pulumi stack export\` wrote, instead of a stack; - reads it from standard input
  --host HOST         names a workspace; may be repeated. Of --state those alone are asked that it, the environment or a
                      profile names: a file may name any host
  --all               every token a line, also where others have very many
  --html FILE         writes the same as a page for a browser: one file, nothing is loaded from elsewhere
  --json              for programs: docs/audit.schema.json is the shape
  --fail-on KIND      exit with 2 if there is one of this kind; may be repeated
                      (${KINDS.join(", ")})
  --ignore-unclaimed  unclaimed tokens don't count in the exit code

  --revoke-orphans    revokes the orphans, and proves each gone
  --revoke ID         revokes an orphan or an unclaimed token; may be repeated. Others are refused, always
  --yes               does not ask before it revokes

Nothing is revoked while a Pulumi run holds the stack's lock, nor what is so young that it may be in flight. In a bucket
(azblob, s3, gs, postgres) the lock is taken for a moment to tell: a run that starts just then is refused.

Exit codes: 0 fine, 1 something is due, or expires within a week with no rotation before that, 2 orphans or unclaimed
tokens, 3 could not tell, or a revocation was refused.
`;

export interface Options {
  readonly stack?: string;
  readonly dir?: string;
  readonly state?: string;
  /** Origins that the caller names. */
  readonly hosts: readonly string[];
  readonly failOn: readonly Kind[];
  readonly ignoreUnclaimed: boolean;
  /** What is to be revoked; absent: nothing. */
  readonly request?: RevocationRequest;
  readonly yes: boolean;
}

export const invalid = (what: string): DatabricksTokensError =>
  new DatabricksTokensError("INVALID_INPUT", `${what}; see databricks-tokens audit --help`);

const TEXT = { type: "string" } as const;
const FLAG = { type: "boolean", default: false } as const;
const PRESENTATION = { json: FLAG, all: FLAG, html: TEXT } as const;

/** @throws DatabricksTokensError INVALID_INPUT */
export function readArguments(args: string[]): Options {
  const parse = () =>
    parseArgs({
      args,
      options: {
        ...PRESENTATION,
        ...{ stack: TEXT, dir: TEXT, state: TEXT },
        ...{ "ignore-unclaimed": FLAG, "revoke-orphans": FLAG, yes: FLAG },
        revoke: { type: "string", multiple: true, default: [] as string[] },
        host: { type: "string", multiple: true, default: [] as string[] },
        "fail-on": { type: "string", multiple: true, default: [] as string[] },
      },
    }).values;
  let values: ReturnType<typeof parse>;
  try {
    values = parse();
  } catch (error) {
    throw invalid((error as Error).message.split(". ")[0] ?? "");
  }
  const { stack, dir, state, html, "fail-on": failOn, "ignore-unclaimed": ignoreUnclaimed } = values;
  const isKind = (name: string): name is Kind => (KINDS as readonly string[]).includes(name);
  const unknown = failOn.filter((name) => !isKind(name));
  if (unknown.length > 0) throw invalid(`--fail-on: no kind ${unknown.join(", ")}; there are ${KINDS.join(", ")}`);
  if (state !== undefined && stack !== undefined)
    throw invalid("--state and --stack name two states: give one of them");
  if (html !== undefined) assertPlaceForPage(html);
  const request: RevocationRequest = { orphans: values["revoke-orphans"], ids: values.revoke };
  const revokes = request.orphans || request.ids.length > 0;
  if (revokes && state !== undefined) throw invalid("--state has no lock to look at: revoke with --stack");
  return {
    ...(revokes && { request }),
    yes: values.yes,
    ...(stack !== undefined && { stack }),
    ...(dir !== undefined && { dir }),
    // Named from where the command was started, not from --dir.
    ...(state !== undefined && { state: state === STANDARD_INPUT ? state : resolve(state) }),
    ...{ ignoreUnclaimed, failOn: failOn.filter(isKind), hosts: values.host.map(originOf) },
  };
}

function originOf(host: string): string {
  try {
    return parseHost(host);
  } catch (error) {
    throw invalid(`--host: ${error instanceof DatabricksTokensError ? error.text : "it can't be read"}`);
  }
}

/** How the report is given: known also of arguments that are wrong elsewhere, for it is to say so in that way. */
export interface Presentation {
  readonly json: boolean;
  /** Tokens of others one by one, however many. */
  readonly all: boolean;
  /** Where the page is written, if one can be there. */
  readonly html?: string;
}

export function presentationIn(args: string[]): Presentation {
  const { json, all, html } = parseArgs({ args, options: PRESENTATION, strict: false }).values;
  const page = typeof html === "string" && !html.startsWith("-") && isPlaceForPage(html);
  return { json: json === true, all: all === true, ...(page && { html: resolve(html) }) };
}

function isPlaceForPage(path: string): boolean {
  try {
    assertPlaceForPage(path);
    return true;
  } catch {
    return false;
  }
}

/** Before anything is read: whether the page can be written there. What is no file, such as a device, is left alone. */
function assertPlaceForPage(path: string): void {
  const file = resolve(path);
  const found = statSync(file, { throwIfNoEntry: false });
  if (found && !found.isFile()) throw invalid(`--html: ${path} is ${found.isDirectory() ? "a folder" : "not a file"}`);
  if (!statSync(dirname(file), { throwIfNoEntry: false })?.isDirectory())
    throw invalid(`--html: there is no folder for ${path}`);
}
