import type { AuditedToken } from "../../audit/document";
import { columnsOf, cutTo, padTo } from "./columns";
import { coloured, type Terminal } from "./terminal";

interface Column {
  readonly head: string;
  cell(token: AuditedToken): string;
  /** Longer ones are cut. */
  readonly most?: number;
  /** Where the width does not do, the column with the highest number goes first; without one it stays. */
  readonly spare?: number;
}

const days = (value: number | null, otherwise: string): string => (value === null ? otherwise : `${value} d`);

const COLUMNS: readonly Column[] = [
  { head: "KIND", cell: ({ kind }) => kind },
  { head: "NAME", cell: ({ name }) => name ?? "", most: 28 },
  { head: "OWNER", cell: ({ owner }) => owner ?? "", most: 28, spare: 4 },
  { head: "AGE", cell: ({ ageDays }) => days(ageDays, "?"), spare: 1 },
  { head: "LEFT", cell: ({ daysLeft }) => days(daysLeft, "never") },
  { head: "LAST USED", cell: ({ lastUsedOn, usageKnown }) => lastUsedOn ?? (usageKnown ? "never" : "?"), spare: 2 },
  { head: "TOKEN", cell: ({ tokenId }) => tokenId, most: 12, spare: 3 },
  { head: "FLAGS", cell: flagsCell },
  { head: "COMMENT", cell: ({ comment }) => comment, spare: 5 },
];
/** A comment may be cut so far; with less room it goes. */
const LEAST_COMMENT = 10;
const GAP = "  ";

function flagsCell({ flags, retiringUntil }: AuditedToken): string {
  return [...flags, ...(retiringUntil === null ? [] : [`until ${retiringUntil.slice(0, 10)}`])].join(", ");
}

/** A line for each token. What a narrow terminal has no room for is left out, a whole column at a time. */
export function table(tokens: readonly AuditedToken[], terminal: Terminal): string {
  const filled = COLUMNS.map((column) => {
    const cells = [column.head, ...tokens.map((token) => cutTo(column.cell(token), column.most ?? Number.MAX_VALUE))];
    return { ...column, cells, width: cells.reduce((most, cell) => Math.max(most, columnsOf(cell)), 0) };
  });
  // A column that says nothing takes no room.
  let shown = filled.filter(({ cells, spare }) => spare === undefined || cells.slice(1).some((cell) => cell !== ""));
  const room = terminal.width ?? Number.POSITIVE_INFINITY;
  const isComment = ({ head }: Column): boolean => head === "COMMENT";
  const least = (columns: typeof filled): number =>
    columns.reduce((sum, item) => sum + GAP.length + (isComment(item) ? LEAST_COMMENT : item.width), -GAP.length);
  while (least(shown) > room) {
    const spare = Math.max(...shown.map((column) => column.spare ?? 0));
    if (spare === 0) break;
    shown = shown.filter((column) => column.spare !== spare);
  }
  const lines = tokens.map(({ kind }, index) =>
    line(shown, index + 1, room).replace(kind, coloured(kind, kind, terminal)),
  );
  return [line(shown, 0, room), ...lines].join("\n");
}

function line(columns: ReadonlyArray<{ cells: readonly string[]; width: number }>, at: number, room: number): string {
  const text = columns.map(({ cells, width }, index) =>
    index === columns.length - 1 ? cells[at]! : padTo(cells[at]!, width),
  );
  return cutTo(text.join(GAP).trimEnd(), room);
}
