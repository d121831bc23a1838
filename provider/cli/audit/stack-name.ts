import { DatabricksTokensError } from "../../errors";
import { failureOf, pulumi } from "../pulumi";
import type { StackName } from "./exported-state";

/**
 * As the backend calls a stack today (absent: the one that is selected), which its tokens may not know yet:
 * `organization/project/stack`, or, where the backend does not tell projects apart, `stack`.
 */
export async function wholeName(stack: string | undefined): Promise<string> {
  const named = stack === undefined ? [] : ["--stack", stack];
  const ran = await pulumi(["stack", "--show-name", "--fully-qualify-stack-names", "--non-interactive", ...named]);
  const name = ran.stdout.trim();
  if (ran.code === 0 && name !== "") return name;
  throw new DatabricksTokensError(
    "STACK_UNREADABLE",
    `The name of ${stack === undefined ? "the selected stack" : `stack ${stack}`} can't be told: ${failureOf(ran)}`,
  );
}

/** Its parts; undefined: it does not have them all. */
export function partsOf(wholeName: string): StackName | undefined {
  const [organization, project, stack, ...more] = wholeName.split("/");
  return organization && project && stack && more.length === 0 ? { organization, project, stack } : undefined;
}
