import { parseComment } from "../../provider/token/marker";
import type { TokenRecord } from "../workspace";
import type { Deployment } from "./stack";

/** A token resource, as an exported state with its secrets in clear has it. */
export interface HeldToken {
  readonly name: string;
  readonly nonce: string;
  readonly triggers: Readonly<Record<string, string>> | undefined;
  /** Absent while none is proved. */
  readonly current: string | undefined;
  readonly candidates: readonly string[];
  readonly retiring: readonly string[];
}

const TOKEN = "pulumi-nodejs:dynamic/databricks:Token";

export function heldTokens({ resources }: Pick<Deployment, "resources">): HeldToken[] {
  const ids = (list: unknown): string[] =>
    Array.isArray(list) ? list.map((token) => String(Object(token).tokenId)) : [];
  return resources
    .filter(({ type }) => type === TOKEN)
    .map(({ urn, outputs }) => ({
      name: urn.split("::").at(-1)!,
      nonce: String(outputs.nonce),
      triggers: outputs.triggers as HeldToken["triggers"],
      current: outputs.tokenId as string | undefined,
      candidates: ids(outputs.candidates),
      retiring: ids(outputs.retiring),
    }));
}

/** Every token that a state has. */
export const idsHeld = (deployment: Deployment): string[] =>
  heldTokens(deployment)
    .flatMap(({ current, candidates, retiring }) => [...(current ? [current] : []), ...candidates, ...retiring])
    .sort();

/** Of resources and of operations that were under way. */
export function noncesIn({ resources, pending }: Deployment): Set<string> {
  const all = [...resources, ...pending.map(({ resource }) => resource)];
  return new Set(all.flatMap(({ inputs, outputs }) => [inputs?.nonce, outputs?.nonce]).map(String));
}

export const nonceOf = ({ comment }: TokenRecord): string => parseComment(comment).nonce ?? "";

export const sortedIds = (tokens: ReadonlyArray<{ tokenId: string }>): string[] =>
  tokens.map(({ tokenId }) => tokenId).sort();
