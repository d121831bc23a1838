import type { ExitCode } from "../../../audit/exit-code";
import type { Flag } from "../../../audit/flags";
import type { Kind } from "../../../audit/rows";

/** What people who never read docs/audit.md are told. */

export const VERDICTS: Readonly<Record<ExitCode, { sign: string; title: string; text: string }>> = {
  0: { sign: "✓", title: "Fine", text: "Nothing of this stack is due, and nothing is left over." },
  1: {
    sign: "◆",
    title: "Something is due",
    text: "A token of the stack is due, overdue, dead or unfinished, or a managed one expires within a week with no rotation before that.",
  },
  2: {
    sign: "▲",
    title: "Tokens that should not be there",
    text: "There are orphans or unclaimed tokens, or a token of a kind that --fail-on names.",
  },
  3: {
    sign: "?",
    title: "Could not tell",
    text: "Something could not be read, or a revocation was refused or could not be confirmed.",
  },
};

export const KIND_WORDS: Readonly<Record<Kind, string>> = {
  managed: "The state has it, as current or as a candidate that is yet to be proved.",
  retiring: "The state has it; it was replaced, and lives until its overlap is over.",
  orphan: "The state knows its nonce, but does not have the token: a run was cut off.",
  unclaimed:
    "Its marker names this stack, but no nonce of the state is its own (what a killed plugin leaves), or it may be somebody's.",
  "other-stack": "Its marker names another stack.",
  "not-ours": "It has no marker of Pulumi: it is somebody's own.",
  dead: "The state has it, and it has expired or is refused.",
};

export const FLAG_WORDS: Readonly<Record<Flag, string>> = {
  expiring: "It expires within 7 days, with no rotation planned before that.",
  expired: "It has expired, and is listed all the same: nothing is left to revoke.",
  "rotation-due": "The next pulumi up rotates it.",
  "rotation-overdue": "Its whole period is over, or it is dead: the next pulumi up rotates it.",
  "retirement-due": "Its overlap is over: the next pulumi up revokes it.",
  unfinished: "The next pulumi up has something to finish.",
  "to-be-deleted": "Its resource was replaced and is not deleted yet.",
  idle: "Not used for 60 days; after 90 the service revokes it.",
  "can-mint": "It has the scope authentication.",
  "long-lived": "It lives longer than 90 days, or never expires.",
  "not-seen":
    "The state has it, but it is in no list that this sign-in may see, and whether it lives could not be told.",
  "not-sure": "It may be one of the state's, whose list can't be read.",
};
