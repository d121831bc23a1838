import { type ExportedState, readExport, TOKEN_TYPE } from "../../audit/exported-state";
import { classify } from "../../audit/kinds";
import type { Row } from "../../audit/rows";
import { DatabricksTokensError } from "../../errors";
import { quote } from "../../http/quote";
import { surroundings, useConfig } from "../../session/surroundings";
import { knowingAzureHost, resolveHost, type WorkspaceInput } from "../../sign-in";
import { stackConfig } from "../stack-config";
import type { Count } from "./absent";
import { type Asked, whyNotAsked } from "./asked";
import { look, type WorkspaceListing } from "./listing";
import type { Options } from "./options";
import type { Progress } from "./progress";
import { exportIn, exportOf } from "./stack-export";
import { partsOf, wholeName } from "./stack-name";

/** What is there at one moment: the state, and then the workspaces that it names. */
export interface Gathered {
  readonly state: ExportedState;
  readonly listings: readonly WorkspaceListing[];
  readonly rows: readonly Row[];
  readonly problems: readonly DatabricksTokensError[];
}

/** A stack, as the Pulumi CLI tells it to its owner. */
export interface Stack {
  readonly state: ExportedState;
  /** What of it can't be read. */
  readonly problems: readonly DatabricksTokensError[];
  readonly asked: Asked;
}

/** What `--state` or the Pulumi CLI has of the stack at this moment. */
export async function readState({ state, stack }: Options): Promise<ExportedState> {
  if (state !== undefined) return readExport(await exportIn(state));
  const text = await exportOf(stack);
  // Of a stack that was emptied, what a killed plugin left has the name in its marker, and nothing else has it any more.
  return readExport(text, text.includes(TOKEN_TYPE) ? undefined : partsOf(await wholeName(stack)));
}

/** The state, and beside it the config, by which the workspaces are signed in to from then on. */
export async function readStack(options: Options, progress: Progress): Promise<Stack> {
  progress.step("Reading the stack");
  const reading = readState(options);
  // At the same time: each run of the Pulumi CLI starts it and derives the passphrase's key anew.
  const asked = options.state === undefined;
  const namespaces = async (): Promise<string[]> => namespacesOf(await reading);
  const [state, config] = await Promise.all([
    reading,
    asked ? stackConfig(options.stack, process.cwd(), namespaces) : undefined,
  ]);
  const problems = [...state.problems];
  if (state.tokens.some(({ sealed }) => sealed)) {
    const lists = "the ids of retiring tokens and candidates are encrypted in this state, so some kinds are not sure";
    problems.push(new DatabricksTokensError("STACK_UNREADABLE", `${lists}. Export it with --show-secrets`));
  }
  if (config?.problem) problems.push(config.problem);
  if (config) useConfig({ get: (key) => config.values.get(key) });
  return { state, problems, asked: { isFile: !asked, hosts: options.hosts } };
}

/** The workspaces that a stack names, and whose each of their tokens is. */
export async function gather(stack: Stack, progress: Progress): Promise<Gathered> {
  const { state, asked } = stack;
  const problems = [...stack.problems];
  const workspaces = state.workspaces.size > 0 ? state.workspaces : await configured(asked);
  // Nothing was looked at: a pipeline must not take that for "fine".
  if (workspaces.size === 0) problems.push(new DatabricksTokensError("NO_HOST", NOTHING_NAMED));
  let listed = 0;
  const step = (): void => progress.step(`Reading ${namesOf([...workspaces.keys()])}`, [listed, workspaces.size]);
  if (workspaces.size > 0) step();
  const listings = await Promise.all(
    [...workspaces].map(async ([host, inputs]) => {
      const problem = await whyNotAsked(host, inputs, asked);
      const asking = (count: Count): void => progress.step(`Asking ${quote(host)} about tokens`, count);
      const isNamed = asked.hosts.includes(host);
      const listing = problem ? notAsked(host, problem) : await look({ host, isNamed }, inputs, state, asking);
      listed += 1;
      step();
      return listing;
    }),
  );
  const rows = classify(
    state,
    listings.flatMap(({ tokenListing }) => (tokenListing ? [tokenListing] : [])),
  );
  return { state, listings, rows, problems: [...problems, ...listings.flatMap(({ unseenOwners }) => unseenOwners)] };
}

/** Its tokens of the state are in no row: nothing of that host is believed without having asked it. */
const notAsked = (host: string, problem: DatabricksTokensError): WorkspaceListing => ({
  ...{ host, problem, ownerOf: new Map(), unseenOwners: [] },
});

const NOTHING_NAMED =
  "The state has no token, and neither the stack's config nor the environment nor a profile names a workspace: nothing " +
  "was looked at. Set databricks:host or DATABRICKS_HOST, or name the stack that has the tokens (--stack, --dir)";

const namesOf = (hosts: readonly string[]): string =>
  hosts.length > 2 ? `${hosts.length} workspaces` : quote(hosts.join(", "));

export const couldNotTell = ({ problems, listings }: Gathered): boolean =>
  problems.length > 0 || listings.some(({ problem }) => problem !== undefined);

/** Of the stack's config: those in which a resource's workspace has its sign-in. */
const namespacesOf = ({ workspaces }: ExportedState): string[] => [
  ...new Set(["databricks", ...[...workspaces.values()].flat().flatMap((item) => item.configNamespace ?? [])]),
];

/** A stack whose first run was cut off names no workspace yet: those of `--host`, or what the provider would have taken. */
async function configured({ hosts }: Asked): Promise<ReadonlyMap<string, readonly WorkspaceInput[]>> {
  const host = resolveHost({}, await knowingAzureHost(surroundings(), {}))?.host;
  const named = hosts.length > 0 ? hosts : host === undefined ? [] : [host];
  return new Map(named.map((item) => [item, [{}]]));
}
