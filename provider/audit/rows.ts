import type { TokenOrigin } from "../pulumi/origin";
import type { TokenRecord } from "../token/state";
import type { WorkspaceTokenInfo } from "../workspace";
import type { StateToken } from "./exported-state";

export const KINDS = ["managed", "retiring", "orphan", "unclaimed", "other-stack", "not-ours", "dead"] as const;

export type Kind = (typeof KINDS)[number];

/** The tokens of a workspace, as far as they can be seen. */
export interface TokenListing {
  readonly host: string;
  readonly tokens: readonly WorkspaceTokenInfo[];
  /** Everybody's, or those of these users alone. */
  readonly owners: "all" | readonly string[];
  /** User names of this audit's sign-ins, as far as they know them. */
  readonly signedInAs: readonly string[];
  /** The workspace's time, epoch ms; this machine's unless `isTimeKnown`. */
  readonly now: number;
  readonly isTimeKnown: boolean;
  /** How long an operation may take there; @default 300,000 */
  readonly operationMs?: number;
  /** Ids that are not listed, and were refused when they were shown. */
  readonly refused: ReadonlySet<string>;
  /** Ids that are not listed to us, and signed in when they were shown. */
  readonly alive?: ReadonlySet<string>;
}

/** What the state keeps of a token. */
export type Role = "current" | "candidate" | "retiring";

/** One token, with what is known of it. */
export interface Row {
  readonly kind: Kind;
  readonly host: string;
  readonly tokenId: string;
  /** As the workspace lists it; absent where it is not listed. */
  readonly listed?: WorkspaceTokenInfo;
  /** What the state has of it. */
  readonly inState?: { readonly role: Role; readonly token: StateToken; readonly record: TokenRecord };
  /** User name; empty: not known. */
  readonly owner: string;
  /** The user's part. */
  readonly comment: string;
  readonly marker?: { readonly origin: TokenOrigin; readonly nonce: string };
  readonly creationTime: number;
  readonly expiryTime: number;
  /** Epoch ms of when a retiring token is to be revoked. */
  readonly until?: number;
  /** The state has it; whether it lives could not be told. */
  readonly unseen: boolean;
  /** It may be retiring or a candidate: the lists that tell are encrypted in this state. */
  readonly unsure: boolean;
  readonly now: number;
  readonly isTimeKnown: boolean;
  /** Its owner signs in to this audit, or has other tokens of this stack: as one of them its runs mint. */
  readonly isOfMinter: boolean;
  /** The state knows its nonce: one that is unclaimed all the same may be somebody's. */
  readonly isKnownNonce: boolean;
}
