import type { ErrorCode } from "../errors";
import { redact } from "../secret";
import { asSafeJson } from "./printed";

/** `note`: worth knowing, and nothing is wrong; `skipped`: what it depends on failed. */
export type Status = "ok" | "note" | "wrong" | "unknown" | "skipped";

/** What a check found out, by the names of the report as JSON. */
export interface Facts {
  readonly stack: string;
  readonly host: string;
  readonly hostFrom: string;
  readonly strategy: string;
  readonly credentialFrom: string;
  readonly identity: string;
  readonly tokensEnabled: boolean;
  readonly maxTokenLifetimeDays: number;
  readonly tokensUsed: number;
  readonly tokensAllowed: number;
}

const NO_FACTS: Readonly<Record<keyof Facts, null>> = {
  stack: null,
  host: null,
  hostFrom: null,
  strategy: null,
  credentialFrom: null,
  identity: null,
  tokensEnabled: null,
  maxTokenLifetimeDays: null,
  tokensUsed: null,
  tokensAllowed: null,
};

export interface Finding {
  readonly check: "stack" | "host" | "sign-in" | "identity" | "tokens" | "lifetime" | "quota";
  readonly status: Status;
  readonly finding: string;
  /** What happened, and what to do. */
  readonly toDo?: string;
  readonly code?: ErrorCode;
  readonly facts?: Partial<Facts>;
}

/** 0: all well; 1: something is wrong; 3: could not tell. */
export function exitCodeOf(findings: readonly Finding[]): 0 | 1 | 3 {
  const has = (status: Status): boolean => findings.some((finding) => finding.status === status);
  if (has("wrong")) return 1;
  return has("unknown") ? 3 : 0;
}

const SUMMARY = { 0: "All is well.", 1: "Something is wrong.", 3: "Not everything could be told: run it again." };

const COLOURS: Readonly<Record<Status, number>> = { ok: 32, note: 36, wrong: 31, unknown: 33, skipped: 90 };
const STATUS_WIDTH = 9;
const CHECK_WIDTH = 10;

/** A line for each check; below it, where there is something to do, what. */
export function asText(findings: readonly Finding[], colour: boolean): string {
  const lines = findings.flatMap(({ status, check, finding, toDo = "", code }) => {
    const word = status.padEnd(STATUS_WIDTH);
    const shown = colour ? `\x1b[${COLOURS[status]}m${word}\x1b[39m` : word;
    const first = `${shown}${check.padEnd(CHECK_WIDTH)}${finding}${code ? ` [${code}]` : ""}`;
    const more = toDo.split("\n").filter((line) => line.trim() !== "");
    return [first, ...more.map((line) => " ".repeat(STATUS_WIDTH + CHECK_WIDTH) + line)];
  });
  return redact([...lines, SUMMARY[exitCodeOf(findings)]].join("\n"));
}

/** For programs: docs/sign-in.md tells the shape. Every name is always there; what is not known is null. */
export function asJson(findings: readonly Finding[]): string {
  const facts = Object.assign({}, NO_FACTS, ...findings.map((finding) => finding.facts ?? {}));
  const checks = findings.map(({ check, status, finding, toDo = null, code = null }) => {
    return { check, status, finding, toDo, code };
  });
  const report = { version: 1, exitCode: exitCodeOf(findings), ...facts, checks };
  // Before JSON's own escapes could hide a secret.
  const safe = (_: string, value: unknown): unknown => (typeof value === "string" ? redact(value) : value);
  return asSafeJson(report, safe);
}
