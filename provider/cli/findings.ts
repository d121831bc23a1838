import { type DatabricksTokensError, hasCode, NO_ANSWER, WITHHELD } from "../errors";
import { quote } from "../http/quote";
import type { ResolvedHost } from "../sign-in";
import { SECRET_CONFIG_KEYS } from "../sign-in";
import { DAY_SECONDS, DEFAULT_LIFETIME_SECONDS, isExpired } from "../token/schedule";
import type { Authorization, TokenInfo, TokenSettings } from "../workspace";
import type { Finding } from "./report";
import type { StackConfig } from "./stack-config";

/** What each answer means to whoever asked the doctor. Pure. */

export type Attempt<T> =
  | { readonly value: T; readonly error?: undefined }
  | { readonly value?: undefined; readonly error: DatabricksTokensError };

/** Tokens of a user in a workspace at most. */
const ALLOWED = 600;
/** From here on it is said. */
const NEARLY = 540;

function failed(check: Finding["check"], what: string, error: DatabricksTokensError): Finding {
  const { code, text } = error;
  const isOpen = hasCode(error, ...NO_ANSWER);
  return { check, status: isOpen ? "unknown" : "wrong", finding: isOpen ? "could not tell" : what, toDo: text, code };
}

export const skipped = (check: Finding["check"], why: string): Finding => ({ check, status: "skipped", finding: why });

export function stackFinding({ stack, values, secretKeys, locked, problem }: StackConfig): Finding {
  const name = quote(stack ?? "the selected one");
  const facts = stack === undefined ? {} : { stack: name };
  if (problem) {
    const what = locked.length > 0 ? `${name}: its secrets can't be read` : `${name}: its config can't be read`;
    // It could be asked, and refused: that is to be mended.
    return { check: "stack", status: "wrong", finding: what, toDo: problem.text, code: problem.code, facts };
  }
  if (stack === undefined) {
    return { check: "stack", status: "note", finding: "none here: the environment and the profile alone hold" };
  }
  const plain = SECRET_CONFIG_KEYS.map((key) => `databricks:${key}`).filter(
    (key) => values.has(key) && !secretKeys.includes(key),
  );
  if (plain.length > 0) {
    const toDo = `They stand in clear in the stack's file and state. Replace each: pulumi config set --secret ${plain[0]}`;
    const finding = `${name}: set without --secret: ${plain.join(", ")}`;
    return { check: "stack", status: "wrong", finding, toDo, code: "INVALID_CONFIG", facts };
  }
  const keys = quote([...values.keys()].join(", "));
  return { check: "stack", status: "ok", finding: `${name}, with ${keys || "no databricks: values"}`, facts };
}

export function hostFinding({ value, error }: Attempt<ResolvedHost | undefined>): Finding {
  if (error) return failed("host", "none that can be taken", error);
  if (value) {
    const { host } = value;
    const from = quote(value.from);
    return { check: "host", status: "ok", finding: `${host}, from ${from}`, facts: { host, hostFrom: from } };
  }
  const toDo =
    "Set databricks:host, DATABRICKS_HOST, or host in a profile of ~/.databrickscfg; or DATABRICKS_AZURE_RESOURCE_ID. " +
    "A program that sets workspace.host needs none of them.";
  return { check: "host", status: "wrong", finding: "no workspace is named", toDo, code: "NO_HOST" };
}

/** `locked`: keys of the config that might have signed in, could they be read. */
export function signInFinding(
  { value, error }: Attempt<Pick<Authorization, "strategy" | "source">>,
  locked: readonly string[],
): Finding {
  if (error) return failed("sign-in", "no way that can be taken", error);
  const { strategy } = value;
  const source = quote(value.source);
  const finding = `${strategy}, from ${source}`;
  const facts = { strategy, credentialFrom: source };
  if (locked.length === 0) return { check: "sign-in", status: "ok", finding, facts };
  const toDo = `That is what holds without ${locked.join(", ")}, which can't be read.`;
  return { check: "sign-in", status: "note", finding, toDo, facts };
}

export function identityFinding({ value, error }: Attempt<{ userName: string; id: string }>): Finding {
  if (!error) {
    const identity = quote(value.userName || value.id);
    return { check: "identity", status: "ok", finding: `signed in as ${identity}`, facts: { identity } };
  }
  if (error.code !== "SCOPE_MISSING") return failed("identity", "is not let in", error);
  return { check: "identity", status: "note", finding: "signed in; its scopes don't let it ask who it is" };
}

export function tokensFinding(settings: Attempt<TokenSettings>, list: Attempt<readonly TokenInfo[]>): Finding {
  const enabled = settings.value?.enabled;
  if (enabled === false) {
    const toDo = "An admin must enable personal access tokens in the workspace's settings (enableTokensConfig).";
    const finding = "are disabled in this workspace";
    return {
      check: "tokens",
      status: "wrong",
      finding,
      toDo,
      code: "TOKENS_DISABLED",
      facts: { tokensEnabled: false },
    };
  }
  const facts = enabled === undefined ? {} : { tokensEnabled: enabled };
  if (list.error) return { ...failed("tokens", "may not be used by this identity", list.error), facts };
  // Whoever may list may use them, and nobody may while they are disabled.
  return {
    check: "tokens",
    status: "ok",
    finding: "enabled, and this identity may use them",
    facts: { tokensEnabled: true },
  };
}

export function lifetimeFinding({ value, error }: Attempt<TokenSettings>): Finding {
  if (error && !hasCode(error, ...WITHHELD)) return failed("lifetime", "could not be asked", error);
  if (error) {
    return {
      check: "lifetime",
      status: "note",
      finding: "not shown to this identity: administrators alone see the limit",
    };
  }
  const days = value.maxLifetimeDays;
  if (days === undefined) return { check: "lifetime", status: "note", finding: "the workspace names no limit" };
  const [finding, facts] = [`at most ${days} days`, { maxTokenLifetimeDays: days }];
  const usual = DEFAULT_LIFETIME_SECONDS / DAY_SECONDS;
  if (days >= usual) return { check: "lifetime", status: "ok", finding, facts };
  const toDo = `The default of ${usual} days is over it: set lifetimeSeconds: days(${days}) or less on every token.`;
  return { check: "lifetime", status: "note", finding, toDo, code: "LIFETIME_OVER_LIMIT", facts };
}

/** `now`: the workspace's time. */
export function quotaFinding({ value, error }: Attempt<readonly TokenInfo[]>, now: number): Finding {
  if (error) return skipped("quota", "this identity's tokens could not be listed");
  const used = value.filter((token) => !isExpired(token, now)).length;
  const finding = `${used} of ${ALLOWED} tokens are used`;
  const facts = { tokensUsed: used, tokensAllowed: ALLOWED };
  if (used < NEARLY) return { check: "quota", status: "ok", finding, facts };
  const status = used < ALLOWED ? "note" : "wrong";
  const toDo = "Revoke some that nobody uses, or mint with another identity.";
  return {
    check: "quota",
    status,
    finding,
    toDo,
    ...(status === "wrong" && { code: "QUOTA_EXCEEDED" as const }),
    facts,
  };
}
