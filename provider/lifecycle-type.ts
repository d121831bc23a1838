/**
 * The type of what the delegate loads, by itself: whoever compiles against `./lifecycle` needs no types of optional
 * packages that lie deeper.
 */

export type ResourceType = "Token" | "NetrcEntry" | "DatabricksCfgProfile" | "KeyringEntry" | "Secret" | "SecretScope";

type Values = Record<string, unknown>;

/** A Pulumi dynamic provider, in plain values. */
export interface Lifecycle {
  configure(request: { config: { get(key: string): string | undefined } }): void;
  check(
    olds: Values,
    news: Values,
  ): Promise<{ inputs: Values; failures: Array<{ readonly property: string; readonly reason: string }> }>;
  diff(id: string, olds: Values, news: Values): Promise<{ changes: boolean; replaces: string[] }>;
  create(inputs: Values): Promise<{ id: string; outs: Values }>;
  read(id: string, props: Values): Promise<{ id: string; props: Values }>;
  update(id: string, olds: Values, news: Values): Promise<{ outs: Values }>;
  delete(id: string, props: Values): Promise<void>;
}
