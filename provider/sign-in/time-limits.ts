import { DatabricksTokensError } from "../errors";
import { namespaceOf, type Surroundings, type WorkspaceInput } from "./sources";

export interface TimeLimits {
  /** For one HTTP call. Default 30 s: `databricks:httpTimeoutSeconds`, `DATABRICKS_HTTP_TIMEOUT_SECONDS`. */
  readonly httpTimeoutMs: number;
  /** For an operation in all. Default 300 s: `databricks:operationTimeoutSeconds`, `DATABRICKS_OPERATION_TIMEOUT_SECONDS`. */
  readonly operationTimeoutMs: number;
}

/** Deadlines from the config's namespace, else from the environment. @throws DatabricksTokensError INVALID_CONFIG */
export function timeLimitsFrom(workspace: WorkspaceInput, { config, env }: Surroundings): TimeLimits {
  const namespace = namespaceOf(workspace);
  const seconds = (key: string, variable: string, otherwise: number): number => {
    const configured = config(`${namespace}:${key}`);
    const [name, text] = configured ? [`${namespace}:${key}`, configured] : [variable, env[variable]];
    if (!text) return otherwise * 1000;
    const value = Number(text);
    if (!(value > 0 && value <= 86_400)) {
      throw new DatabricksTokensError("INVALID_CONFIG", `${name} must be a number of seconds above 0, up to 86400`);
    }
    return value * 1000;
  };
  return {
    httpTimeoutMs: seconds("httpTimeoutSeconds", "DATABRICKS_HTTP_TIMEOUT_SECONDS", 30),
    operationTimeoutMs: seconds("operationTimeoutSeconds", "DATABRICKS_OPERATION_TIMEOUT_SECONDS", 300),
  };
}
