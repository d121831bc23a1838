import { ask, type Caller } from "./tokens";
import { textOf } from "./values";

/** Days that a token lives at most where the workspace sets no limit of its own. */
const DEFAULT_MAX_DAYS = 730;

/** What a workspace allows of tokens; undefined: it does not say. */
export interface TokenSettings {
  readonly enabled: boolean | undefined;
  readonly maxLifetimeDays: number | undefined;
}

/** `GET /api/2.0/workspace-conf`: administrators alone; others are refused (PERMISSION_DENIED). Its values are texts. */
export async function tokenSettings(caller: Caller): Promise<TokenSettings> {
  const { body } = await ask<{ enableTokensConfig?: unknown; maxTokenLifetimeDays?: unknown }>(caller, {
    method: "GET",
    path: "/api/2.0/workspace-conf",
    query: { keys: "enableTokensConfig,maxTokenLifetimeDays" },
  });
  const enabled = { true: true, false: false }[
    `${typeof body.enableTokensConfig === "boolean" ? body.enableTokensConfig : textOf(body.enableTokensConfig)}`.toLowerCase()
  ];
  const days = textOf(body.maxTokenLifetimeDays);
  return { enabled, maxLifetimeDays: /^\d+$/.test(days) ? Number(days) || DEFAULT_MAX_DAYS : undefined };
}
