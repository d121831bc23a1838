import type { Authorization } from "../workspace/authorization";
import type { MakeCredential } from "./azure/entra";
import type { Surroundings } from "./sources";

/** Ways of one kind are alternatives: the first in the official order is taken. Two kinds in one source are in doubt. */
export type Kind = "pat" | "basic" | "oauth" | "env-oidc" | "file-oidc" | "azure" | "cli";

/** What a strategy signs in with: one source's settings, and where they hold. */
export interface SignIn {
  /** Origin of the workspace. */
  readonly host: string;
  /**
   * Databricks' by its name, or named by today's program, config, environment or profile: it may say who an identity token
   * must be for, and gets one that is for somebody else too.
   */
  readonly isHostTrusted: boolean;
  /** The profile that the settings are of, if they are of one. */
  readonly profile?: string;
  /** Where the credential comes from, for messages: `the environment (DATABRICKS_CLIENT_ID)`. */
  readonly from: string;
  /** Stable and not secret: names the identity in caches. */
  readonly identityKey: string;
  readonly surroundings: Surroundings;
  /** Milliseconds for one HTTP call, or one run of another program. */
  readonly timeoutMs: number;
  setting(name: string): string | undefined;
  /** How a setting is called where it stands: `DATABRICKS_CLIENT_ID`. */
  nameOf(name: string): string;
}

/** What the question whether a strategy applies may look at. */
export type Settings = Pick<SignIn, "host" | "isHostTrusted" | "setting" | "nameOf" | "surroundings">;

/** One way to sign in. It applies to a source that has every setting that it needs. */
export interface Strategy {
  /** The official name, also the value of `authType`. */
  readonly name: string;
  readonly kind: Kind;
  readonly needs: readonly string[];
  /** Settings that it takes besides. */
  readonly uses?: readonly string[];
  /** Found on the machine rather than set anywhere: it stands in where no source offers anything, or by `authType`. */
  readonly detected?: boolean;
  /** Loads its file. */
  load(): StrategyModule;
}

/** What a strategy's file exports. */
export interface StrategyModule {
  /** What it lacks besides its settings, for people; undefined: nothing. */
  lacks?(settings: Settings): string | undefined;
  /** Signs in; no call is made before the first headers are asked for. */
  authorize(signIn: SignIn): Authorization;
  /** Of Azure's: the credential alone, which other authorities of Azure take too. */
  entra?(signIn: SignIn): MakeCredential;
}
