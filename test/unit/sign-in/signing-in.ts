import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { DatabricksTokensError } from "../../../provider/errors";
import { type Credential, credentialsFor, type Surroundings, type WorkspaceInput } from "../../../provider/sign-in";
import { currentUser, WorkspaceClient } from "../../../provider/workspace";
import type { LocalWorkspace } from "../../workspace";

export interface Given {
  readonly config?: Record<string, string>;
  readonly env?: Record<string, string>;
  /** Text of ~/.databrickscfg. */
  readonly file?: string;
}

export const around = ({ config = {}, env = {}, file }: Given): Surroundings => ({
  config: (key) => config[key],
  env,
  home: "/home/me",
  readFile(path) {
    if (path === "/home/me/.databrickscfg") return file;
    try {
      return readFileSync(path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  },
});

/** The configured identity; throws what keeps it from being one. */
export function configured(host: string, given: Given, workspace: WorkspaceInput = {}): Credential {
  const { credentials, problem } = credentialsFor(host, workspace, around(given));
  if (problem) throw problem;
  return credentials[0]!;
}

/** Asks the workspace who the configured identity is. */
export async function whoAmI(workspace: LocalWorkspace, credential: Credential): Promise<string> {
  const client = new WorkspaceClient(workspace.host, { env: {} });
  const caller = { client, authorization: credential, deadline: Date.now() + 20_000 };
  return (await currentUser(caller, 0)).userName;
}

/** The error of a promise, held to the family. */
export async function failure(promise: Promise<unknown>, ...secrets: string[]): Promise<DatabricksTokensError> {
  const error = await promise.then(
    () => assert.fail("must fail"),
    (reason) => reason,
  );
  assert.ok(error instanceof DatabricksTokensError, String(error?.stack));
  for (const secret of secrets) assert.ok(!error.message.includes(secret), "holds a secret");
  return error;
}
