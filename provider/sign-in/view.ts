import { createHash } from "node:crypto";
import { isDatabricksHost, isNamed } from "./domains";
import type { Source, Surroundings, WorkspaceInput } from "./sources";
import type { Settings, SignIn, Strategy } from "./strategy";
import { timeLimitsFrom } from "./time-limits";

/** What `workspace` names for every source. */
const OVERLAID = ["clientId", "azureClientId", "azureTenantId", "azureWorkspaceResourceId"] as const;
/** What is no secret, so that one source may say it for another: an id in the config, its secret in CI. */
const SHARED: readonly string[] = [...OVERLAID, "azureEnvironment", "tokenAudience", "databricksCliPath"];
/** What the strategies of Azure look at besides what they need. */
const AZURE = ["azureClientId", "azureTenantId", "azureWorkspaceResourceId", "azureEnvironment"];

/** The settings as a source sees them: `workspace` first, then its own, then what others say that is no secret. */
export interface View extends Settings {
  readonly source: Source;
  readonly timeoutMs: number;
  /** What keeps a strategy from this source, for people. `asked`: by name, so that none of its settings must be here. */
  lacks(strategy: Strategy, asked: boolean): string | undefined;
}

export function viewOf(
  host: string,
  workspace: WorkspaceInput,
  surroundings: Surroundings,
  source: Source,
  others: readonly Source[],
): View {
  const shared = (name: string): Source | undefined =>
    SHARED.includes(name) ? others.find((other) => other.get(name) !== undefined) : undefined;
  const overlaid = (name: string): string | undefined =>
    OVERLAID.some((key) => key === name) ? workspace[name as (typeof OVERLAID)[number]] : undefined;
  const isOwn = (name: string): boolean => (overlaid(name) ?? source.get(name)) !== undefined;
  const setting = (name: string): string | undefined =>
    overlaid(name) ?? source.get(name) ?? shared(name)?.get(name) ?? undefined;
  const nameOf = (name: string): string => {
    if (overlaid(name) !== undefined) return `workspace.${name}`;
    return (isOwn(name) ? source : (shared(name) ?? source)).nameOf(name);
  };
  const view = {
    host,
    isHostTrusted: isDatabricksHost(host) || isNamed(host, workspace, others),
    surroundings,
    source,
    setting,
    nameOf,
    timeoutMs: timeLimitsFrom(workspace, surroundings).httpTimeoutMs,
  };
  const lacks = ({ needs, load }: Strategy, asked: boolean): string | undefined => {
    const missing = needs.filter((name) => setting(name) === undefined);
    if (missing.length > 0) return `no ${missing.map(nameOf).join(", ")}`;
    if (!asked && !needs.some(isOwn)) return `no ${needs.map(source.nameOf).join(", ")}`;
    return load().lacks?.(view);
  };
  return { ...view, lacks };
}

/** What a strategy signs in with. */
export function signInOf({ name, kind, needs, uses = [] }: Strategy, view: View): SignIn {
  const { host, isHostTrusted, source, surroundings, setting, nameOf, timeoutMs } = view;
  const names = new Set([...needs, ...uses, ...(kind === "azure" ? AZURE : [])]);
  const identity = [
    host,
    name,
    source.profile ?? "",
    ...[...names].map((item) => `${item}=${setting(item) ?? ""}`),
  ].join("\n");
  const identityKey = createHash("sha256").update(identity).digest("hex").slice(0, 16);
  const from = needs.length === 0 ? source.title : `${source.title} (${needs.map(nameOf).join(", ")})`;
  const { profile } = source;
  return {
    ...{ host, isHostTrusted, from, identityKey, surroundings, timeoutMs, setting, nameOf },
    ...(profile !== undefined && { profile }),
  };
}
