import { DatabricksTokensError } from "../errors";
import type { SignIn } from "./strategy";

/** User name and password, which Databricks no longer takes: named, so that nobody else is taken for it. */
export function authorize({ from }: SignIn): never {
  throw new DatabricksTokensError(
    "INVALID_CONFIG",
    `${from} holds basic, which Databricks has ended. Give it an OAuth client or a token, or force another by authType`,
  );
}
