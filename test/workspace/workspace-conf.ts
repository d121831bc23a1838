import { type Answer, denied, invalid, ok } from "./answer";
import type { Request } from "./routes";

/** `workspace-conf`: the settings of tokens, as texts. */
export function workspaceConf({ method, path, query, body, caller, settings }: Request): Answer | undefined {
  if (path !== "/api/2.0/workspace-conf") return undefined;
  if (!caller.admin) return denied("Only workspace administrators may see or change this");
  const current: Record<string, string> = {
    enableTokensConfig: String(settings.enableTokensConfig),
    maxTokenLifetimeDays: String(settings.maxTokenLifetimeDays),
  };
  const keys = method === "GET" ? (query.get("keys") ?? "").split(",") : Object.keys(body);
  const unknown = keys.find((key) => !Object.hasOwn(current, key));
  if (unknown !== undefined) return invalid(`Invalid keys: [${unknown}]`);
  if (method === "GET") return ok(Object.fromEntries(keys.map((key) => [key, current[key]])));
  if (method !== "PATCH") return undefined;
  const { enableTokensConfig: enabled, maxTokenLifetimeDays: days } = { ...current, ...body } as Record<
    string,
    unknown
  >;
  if (!/^\d+$/.test(String(days)) || Number(days) > 730) return invalid("maxTokenLifetimeDays must be from 0 to 730");
  settings.enableTokensConfig = enabled === "true";
  settings.maxTokenLifetimeDays = Number(days);
  return ok();
}
