import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { DatabricksTokensError } from "../errors";
import { warn } from "../pulumi/warn";
import { surroundings } from "../session/surroundings";
import { machineIdOf } from "./machine";
import type { StoreContext } from "./store";

const LOCK_TIMEOUT_SECONDS = 60;

/** The real context of one operation on a store of this machine. */
export function storeContext(): StoreContext {
  const around = surroundings();
  const { env, config } = around;
  const here = {
    env,
    user: userName(),
    get home() {
      return around.home;
    },
  };
  return {
    env,
    get home() {
      return around.home;
    },
    cwd: process.cwd(),
    pulumiHome: pulumiHome(),
    machineId: machineIdOf(here),
    machineName: hostname(),
    lockTimeoutMs:
      1000 * secondsFrom(config("databricks:lockTimeoutSeconds") ?? env["DATABRICKS_LOCK_TIMEOUT_SECONDS"]),
    warn,
  };
}

/** Pulumi's own folder on this machine; undefined: this user has no home. */
export function pulumiHome(): string | undefined {
  const around = surroundings();
  try {
    return around.env["PULUMI_HOME"] || join(around.home, ".pulumi");
  } catch {
    return undefined;
  }
}

/** A user without an entry in the system's list, as in a container, has a number alone. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? "");
  }
}

function secondsFrom(text: string | undefined): number {
  if (text === undefined || text === "") return LOCK_TIMEOUT_SECONDS;
  const seconds = Number(text);
  if (Number.isFinite(seconds) && seconds >= 0) return seconds;
  throw new DatabricksTokensError(
    "INVALID_CONFIG",
    "databricks:lockTimeoutSeconds (DATABRICKS_LOCK_TIMEOUT_SECONDS) must be a number of seconds",
  );
}
