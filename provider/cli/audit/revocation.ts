/** What became of a token that was to be revoked. */
export interface Outcome {
  readonly tokenId: string;
  readonly outcome: "revoked" | "left" | "refused" | "failed";
  /** Empty for `revoked`. */
  readonly reason: string;
}
