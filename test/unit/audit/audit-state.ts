import { randomBytes } from "node:crypto";
import type { TokenListing } from "../../../provider/audit/rows";
import type { WorkspaceListing } from "../../../provider/cli/audit/listing";
import { Secret } from "../../../provider/secret";
import { markComment } from "../../../provider/token/marker";
import { type TokenRecord, writeState } from "../../../provider/token/state";
import type { WorkspaceTokenInfo } from "../../../provider/workspace";

/** Exported states and listings for the tests of the audit. */

export const HOST = "https://w.example.com";
export const DAY = 86_400_000;
export const NOW = Date.UTC(2026, 10, 24);
const SECRET = "4dabf18193072939515e22adb298388d";
export const OURS = { organization: "organization", project: "p", stack: "dev" };

export interface Made {
  name?: string;
  nonce?: string;
  host?: string;
  origin?: typeof OURS;
  current?: Partial<TokenRecord>;
  candidates?: Array<Partial<TokenRecord>>;
  retiring?: Array<Partial<TokenRecord>>;
  inputs?: Record<string, unknown>;
  unfinished?: Array<{ code: "not-proved"; since: number }>;
  delete?: boolean;
}

/** Values that no output of the audit may have. */
export const values: string[] = [];

export function record(given: Partial<TokenRecord>): TokenRecord {
  const value = randomBytes(16).toString("hex");
  values.push(value);
  const creationTime = given.creationTime ?? NOW - DAY;
  return {
    tokenId: "id",
    tokenValue: new Secret(value),
    expiryTime: creationTime + 90 * DAY,
    ...given,
    creationTime,
  };
}

const inputsOf = ({ name = "ci", nonce = "aa", host = HOST, origin = OURS, inputs = {} }: Made) => ({
  ...inputs,
  nonce,
  host,
  hostSource: "environment" as const,
  origin: { ...origin, name },
});

/** As `pulumi stack export` writes it, with `--show-secrets` or without. */
export function exported(
  made: readonly Made[],
  { pending = [] as Made[], sealed = false, stack = "dev" } = {},
): string {
  const wrap = (value: unknown): unknown => {
    const { [SECRET]: mark, value: inner } = Object(value) as Record<string, unknown>;
    if (mark === undefined) return value;
    const text = JSON.stringify(inner);
    return { [SECRET]: mark, ...(sealed ? { ciphertext: "v1:x" } : { plaintext: text }) };
  };
  const resource = (item: Made, withOutputs: boolean) => {
    const inputs = inputsOf(item);
    const outputs = writeState(
      {
        inputs,
        owner: "ada@example.com",
        unfinished: item.unfinished ?? [],
        candidates: (item.candidates ?? []).map(record),
        retiring: (item.retiring ?? []).map(record),
        ...(item.current && { current: record(item.current) }),
      },
      NOW,
    );
    return {
      urn: `urn:pulumi:${stack}::p::pulumi-nodejs:dynamic/databricks:Token::${item.name ?? "ci"}`,
      type: "pulumi-nodejs:dynamic/databricks:Token",
      id: item.nonce ?? "aa",
      ...(item.delete && { delete: true }),
      inputs,
      ...(withOutputs && {
        outputs: Object.fromEntries(Object.entries(outputs).map(([key, value]) => [key, wrap(value)])),
      }),
    };
  };
  const root = { urn: `urn:pulumi:${stack}::p::pulumi:pulumi:Stack::p-${stack}`, type: "pulumi:pulumi:Stack" };
  return JSON.stringify({
    version: 3,
    deployment: {
      resources: [root, ...made.map((item) => resource(item, true))],
      pending_operations: pending.map((item) => ({ type: "creating", resource: resource(item, false) })),
    },
  });
}

/** A token as an administrator's listing has it. */
export function listed(
  tokenId: string,
  given: Partial<WorkspaceTokenInfo> & { of?: Made; text?: string } = {},
): WorkspaceTokenInfo {
  const { of, text = "", ...rest } = given;
  const creationTime = rest.creationTime ?? NOW - DAY;
  const { origin, nonce } = inputsOf(of ?? {});
  return {
    tokenId,
    creationTime,
    expiryTime: creationTime + 90 * DAY,
    comment: of ? markComment(text, origin, nonce) : text,
    owner: "ada@example.com",
    usageKnown: true,
    lastUsedDay: NOW - DAY,
    ...rest,
  };
}

/** As a lost attempt leaves one: nobody has its value, so nobody has used it. */
export function unused(tokenId: string, given: Parameters<typeof listed>[1] = {}): WorkspaceTokenInfo {
  const { lastUsedDay: _, ...info } = listed(tokenId, given);
  return info;
}

/** What an administrator sees. */
export const seenOf = (tokens: TokenListing["tokens"], more: Partial<TokenListing> = {}): TokenListing => ({
  ...{ host: HOST, tokens, owners: "all", signedInAs: ["admin@example.com"], now: NOW, isTimeKnown: true },
  refused: new Set(),
  ...more,
});
export const sightOf = (seen: TokenListing): WorkspaceListing => ({
  host: seen.host,
  tokenListing: seen,
  ownerOf: new Map(),
  unseenOwners: [],
});
