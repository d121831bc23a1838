import { type Flag, flagsOf, isOver } from "./flags";
import type { Kind, Row } from "./rows";

/** 0: fine; 1: something is due or overdue; 2: orphans or unclaimed ones; 3: could not tell. */
export type ExitCode = 0 | 1 | 2 | 3;

export interface Judgement {
  /** Something could not be read, or a revocation was refused. */
  readonly couldNotTell: boolean;
  readonly ignoreUnclaimed?: boolean;
  /** Kinds that are not to be there. */
  readonly failOn?: readonly Kind[];
}

/** Of the stack's own tokens; those of others are shown, and are not for this pipeline to mend. */
export const DUE: readonly Flag[] = [
  "rotation-due",
  "rotation-overdue",
  "retirement-due",
  "unfinished",
  "to-be-deleted",
];

export function exitCodeOf(rows: readonly Row[], judgement: Judgement): ExitCode {
  const { couldNotTell, ignoreUnclaimed = false, failOn = [] } = judgement;
  if (couldNotTell || rows.some(({ unseen, unsure }) => unseen || unsure)) return 3;
  const bad = new Set<Kind>(["orphan", ...(ignoreUnclaimed ? [] : (["unclaimed"] as const)), ...failOn]);
  // Of one that has expired nothing is left to revoke.
  if (rows.some((row) => bad.has(row.kind) && !isOver(row))) return 2;
  return rows.some(isDue) ? 1 : 0;
}

/** A token that is about to be revoked expires soon by design. */
function isDue(row: Row): boolean {
  if (!row.inState) return false;
  const flags = flagsOf(row);
  return row.kind === "dead" || flags.some((flag) => DUE.includes(flag) || (flag === "expiring" && isManaged(row)));
}

const isManaged = ({ kind }: Row): boolean => kind === "managed";
