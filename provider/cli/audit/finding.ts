import { resolveHost, type WorkspaceInput } from "../../credentials";
import { DatabricksTokensError } from "../../errors";
import { surroundings, useConfig } from "../../process/surroundings";
import { stackConfig } from "../stack-config";
import { type ExportedState, readExport } from "./exported-state";
import { classify, type Row } from "./kinds";
import type { Options } from "./options";
import type { Progress } from "./progress";
import { isSealed, look, type Sight } from "./sight";
import { exportIn, exportOf, organizationIn } from "./stack-export";

/** What is there at one moment: the state, and then the workspaces that it names. */
export interface Finding {
  readonly state: ExportedState;
  readonly sights: readonly Sight[];
  readonly rows: readonly Row[];
  readonly problems: readonly DatabricksTokensError[];
}

export async function find(options: Options, progress: Progress): Promise<Finding> {
  progress.step("Reading the state");
  const text = options.state === undefined ? await exportOf(options.stack) : await exportIn(options.state);
  const state = readExport(text, organizationIn(options.stack));
  const problems = [...state.problems];
  if (isSealed(state.tokens)) {
    const lists = "the ids of retiring tokens and candidates are encrypted in this state, so some kinds are not sure";
    problems.push(new DatabricksTokensError("STACK_UNREADABLE", `${lists}. Export it with --show-secrets`));
  }
  if (options.state === undefined) {
    progress.step("Reading the stack's config");
    const config = await stackConfig(options.stack, process.cwd(), namespacesOf(state));
    if (config.problem) problems.push(config.problem);
    useConfig({ get: (key) => config.values.get(key) });
  }
  const workspaces = state.workspaces.size > 0 ? state.workspaces : configured();
  // Nothing was looked at: a pipeline must not take that for "fine".
  if (workspaces.size === 0) problems.push(new DatabricksTokensError("NO_HOST", NOTHING_NAMED));
  let listed = 0;
  const step = (): void => progress.step(`Reading ${namesOf([...workspaces.keys()])}`, [listed, workspaces.size]);
  if (workspaces.size > 0) step();
  const sights = await Promise.all(
    [...workspaces].map(async ([host, inputs]) => {
      const sight = await look(host, inputs, state, (count) => progress.step(`Asking ${host} about tokens`, count));
      listed += 1;
      step();
      return sight;
    }),
  );
  const rows = classify(
    state,
    sights.flatMap(({ seen }) => (seen ? [seen] : [])),
  );
  return { state, sights, rows, problems };
}

const NOTHING_NAMED =
  "The state has no token, and neither the stack's config nor the environment nor a profile names a workspace: nothing " +
  "was looked at. Set databricks:host or DATABRICKS_HOST, or name the stack that has the tokens (--stack, --dir)";

const namesOf = (hosts: readonly string[]): string =>
  hosts.length > 2 ? `${hosts.length} workspaces` : hosts.join(", ");

export const couldNotTell = ({ problems, sights }: Finding): boolean =>
  problems.length > 0 || sights.some(({ problem }) => problem !== undefined);

/** Of the stack's config: those in which a resource's workspace has its sign-in. */
const namespacesOf = ({ workspaces }: ExportedState): string[] => [
  ...new Set(["databricks", ...[...workspaces.values()].flat().flatMap((item) => item.configNamespace ?? [])]),
];

/** A stack whose first run was cut off names no workspace yet: the one that the provider would have taken. */
function configured(): ReadonlyMap<string, readonly WorkspaceInput[]> {
  const host = resolveHost({}, surroundings())?.host;
  return new Map(host === undefined ? [] : [[host, [{}]]]);
}
